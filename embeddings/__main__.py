"""The command line of words and search, `python -m embeddings`."""

import sys

from zoo.command_line import Command, run

COMMANDS = (
    Command("name", "embeddings.cli.name:add_name", "say what pictures show, among all nouns or some"),
    Command("find", "embeddings.cli.find:add_find", "find indexed pictures that match a query"),
    Command("similar", "embeddings.cli.find:add_similar", "find indexed pictures that show the like of a picture"),
    Command(
        "index",
        "embeddings.cli.index:add_index",
        "index a folder or a zip: what is new, changed or gone since the last time",
    ),
    Command("forget", "embeddings.cli.index:add_forget", "delete the index of folders or zips, which stay as they are"),
    Command(
        "words",
        "embeddings.cli.words:add_words",
        "show how a word is found, its nearest words and nouns, and its senses",
    ),
    Command(
        "pull",
        "embeddings.cli.words:add_pull",
        "fetch public word vectors into the hub's cache, and check them",
    ),
    Command(
        "score",
        "embeddings.cli.evaluate:add_score",
        "measure words, nouns, the naming or the finding of pictures",
    ),
    Command(
        "bench",
        "embeddings.cli.bench:add_bench",
        "time photos, search among many vectors and among nouns, beside open_clip, gensim and faiss",
    ),
    Command("train", "embeddings.cli.train:add_train", "train word vectors on folders of text"),
    Command(
        "build",
        "embeddings.cli.train:add_build",
        "make the bundled data from trained words and an installed wordnet",
    ),
    Command(
        "export",
        "embeddings.cli.train:add_export",
        "write the noun vectors, and which noun is a kind of which, for the training of an image model",
    ),
)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; gives the exit code: 0, 1 for a failure, 2 for bad input."""
    return run("python -m embeddings", __doc__, COMMANDS, arguments)


if __name__ == "__main__":
    sys.exit(main())
