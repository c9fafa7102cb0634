"""Image, compose file and Kubernetes manifests agree with the settings and with each other; Docker is not asked."""

import re
import shlex
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from import_reader import HOUSES, ROOT

from demo.settings import Settings, from_command_line
from zoo.bulk.ray_cluster import ENVIRONMENT

DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
OBJECTS = list(yaml.safe_load_all((ROOT / "deploy" / "kuberay.yaml").read_text()))
PORT = 7860


def kube(kind: str) -> dict[str, Any]:
    return next(one for one in OBJECTS if one["kind"] == kind)


def environment(container: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one.get("value", "") for one in container["env"]}


PAGE = kube("Deployment")["spec"]["template"]["spec"]["containers"][0]
CLUSTER = kube("RayCluster")["spec"]
IMAGE_SETTINGS = dict(
    pair.split("=", 1) for line in re.findall(r"^ENV (.*)", DOCKERFILE, re.MULTILINE) for pair in shlex.split(line)
)


def settings_of(variables: dict[str, str]) -> Settings:
    """The settings of a container, where what is left to the one who starts it is empty."""
    plain = {name: re.sub(r"\$\{\w+:[-+](.*?)\}", r"\1", value) for name, value in variables.items()}
    return from_command_line([], IMAGE_SETTINGS | plain | {"IRIS_PHOTOS": ""})


def test_the_image_holds_what_the_program_is_made_of_and_nothing_needs_root() -> None:
    copied = {
        name for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE) for name in line.split()
    }
    sent = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert copied == sent and all((ROOT / name).exists() for name in copied)
    assert {name.removesuffix(".py") for name in copied if not name.startswith("requirements")} == set(HOUSES)
    assert re.findall(r"^USER (.*)", DOCKERFILE, re.MULTILINE) == ["iris"]


def test_the_image_installs_with_the_uv_of_the_project() -> None:
    assert set(re.findall(r"uv==[\d.]+", DOCKERFILE)) <= set(
        re.findall(r"uv==[\d.]+", (ROOT / "pyproject.toml").read_text())
    )
    assert re.search(r"^ARG REQUIREMENTS=requirements.txt$", DOCKERFILE, re.MULTILINE)


def test_the_image_serves_to_the_outside_on_the_port_that_is_asked_for_its_health() -> None:
    settings = settings_of({})
    assert (settings.host, settings.port, settings.engine) == ("0.0.0.0", PORT, "local")
    assert f"EXPOSE {PORT}" in DOCKERFILE and f"127.0.0.1:{PORT}/" in DOCKERFILE


@pytest.mark.parametrize("name", SERVICES)
def test_only_the_page_alone_starts_unless_asked_otherwise(name: str) -> None:
    service = SERVICES[name]
    assert service.get("profiles", []) == ([] if name == "page" else ["cluster"])
    build = service["build"]
    asked = "requirements.txt" if build == "." else build["args"]["REQUIREMENTS"]
    assert (ROOT / asked).exists() and (name == "page") == (asked == "requirements.txt")


@pytest.mark.parametrize(("name", "engine"), [("page", "local"), ("cluster-page", "ray")])
def test_a_page_of_compose_is_reached_from_this_machine_alone(name: str, engine: str) -> None:
    settings = settings_of(SERVICES[name]["environment"])
    assert SERVICES[name]["ports"] == [f"127.0.0.1:{settings.port}:{PORT}"]
    assert (settings.engine, settings.auth) == (engine, None)


@pytest.mark.parametrize("variables", [SERVICES["cluster-page"]["environment"], environment(PAGE)])
def test_a_page_of_a_cluster_joins_it_without_giving_processors(variables: dict[str, str]) -> None:
    settings = settings_of(variables)
    assert (settings.engine, settings.address) == ("ray", "auto") and settings.jobs > 1
    assert variables["RAY_AUTH_MODE"] == "token" and "RAY_AUTH_TOKEN" in variables


def test_all_join_the_head_under_its_name_and_port() -> None:
    joining = [SERVICES[name]["command"] for name in ("cluster-page", "worker")]
    assert all("ray start --address=head:6379 " in command for command in joining)
    assert "--head --port=6379 " in SERVICES["head"]["command"]
    service = f"{kube('RayCluster')['metadata']['name']}-head-svc"  # as the operator calls it
    assert f"ray start --address={service}:6379 --num-cpus=0 && exec python app.py" in PAGE["command"][-1]


def test_kubernetes_has_as_many_workers_as_the_page_asks_for() -> None:
    [group] = CLUSTER["workerGroupSpecs"]
    assert str(group["replicas"]) == environment(PAGE)["IRIS_JOBS"]
    assert CLUSTER["headGroupSpec"]["rayStartParams"]["num-cpus"] == "0"
    assert f"ray[serve]=={CLUSTER['rayVersion']}" in (ROOT / "requirements-cluster.txt").read_text()


def test_all_containers_of_kubernetes_share_one_token_and_one_image() -> None:
    groups = [CLUSTER["headGroupSpec"], *CLUSTER["workerGroupSpecs"]]
    containers = [PAGE, *(group["template"]["spec"]["containers"][0] for group in groups)]
    secrets = [one["valueFrom"] for part in containers for one in part["env"] if one["name"] == "RAY_AUTH_TOKEN"]
    assert len(secrets) == len(containers) and all(secret == secrets[0] for secret in secrets)
    assert {part["image"] for part in containers} == {"iris-cluster:latest"}


def test_there_is_one_page_and_the_service_leads_to_it() -> None:
    page, service = kube("Deployment")["spec"], kube("Service")["spec"]
    assert page["replicas"] == 1 and page["strategy"]["type"] == "Recreate"
    assert service["selector"] == page["template"]["metadata"]["labels"]
    assert PAGE["ports"] == [{"name": service["ports"][0]["targetPort"], "containerPort": PORT}]


def test_the_head_on_kubernetes_answers_what_the_operator_asks_it() -> None:
    assert "include-dashboard" not in CLUSTER["headGroupSpec"]["rayStartParams"]  # it answers /api/gcs_healthz
    assert "install --yes --no-install-recommends wget" in DOCKERFILE


def test_only_containers_with_a_page_are_asked_for_one() -> None:
    asked = {name for name, service in SERVICES.items() if not service.get("healthcheck", {}).get("disable")}
    assert asked == {name for name, service in SERVICES.items() if "ports" in service} == {"page", "cluster-page"}


def test_what_is_mounted_lies_where_the_image_has_a_folder_of_the_user() -> None:
    [made] = re.findall(r"install --directory --owner iris (.*)", DOCKERFILE)
    mounted = {volume.split(":")[-1 if volume.count(":") == 1 else -2] for volume in SERVICES["page"]["volumes"]}
    assert {"/cache", "/photos"} == set(made.split()) == {*mounted}
    assert {mount["mountPath"] for mount in PAGE["volumeMounts"]} <= {*made.split(), "/dev/shm"}
    assert Path(IMAGE_SETTINGS["HF_HUB_CACHE"]).parent == Path(IMAGE_SETTINGS["IRIS_CACHE"]) == Path("/cache")


def test_every_setting_that_is_named_is_one() -> None:
    text = "".join((ROOT / name).read_text() for name in ("Dockerfile", "compose.yaml", "deploy/kuberay.yaml"))
    known = {f"IRIS_{field.name.upper()}" for field in fields(Settings)} | {"IRIS_CACHE"}
    of_compose = {"IRIS_WORKER_CPUS"}  # which compose.yaml alone reads
    assert set(re.findall(r"IRIS_[A-Z_]+", text)) <= known | of_compose


def test_every_flag_of_ray_start_is_one() -> None:
    scripts = pytest.importorskip("ray.scripts.scripts")
    known = {flag for option in scripts.start.params for flag in (*option.opts, *option.secondary_opts)}
    commands = [service["command"] for service in SERVICES.values() if "command" in service] + PAGE["command"]
    given = {flag for command in commands for flag in re.findall(r"--[a-z-]+", command)}
    for group in (CLUSTER["headGroupSpec"], *CLUSTER["workerGroupSpecs"]):
        given |= {f"--{name}" for name in group["rayStartParams"]}
    assert given <= known and "--num-cpus" in given


def test_ray_tells_nobody_in_any_container() -> None:
    for name in ("RAY_USAGE_STATS_ENABLED", "RAY_worker_niceness"):
        assert IMAGE_SETTINGS[name] == ENVIRONMENT[name]
