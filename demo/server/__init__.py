"""What stands between the network and the page: who is let in, how much each visitor may ask for, start and end."""
