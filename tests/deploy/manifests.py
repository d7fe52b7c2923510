"""Reads the Kubernetes manifests: their pods, containers and volumes."""
import os

import yaml

IMAGE = "registry.example/weave-sidecar:"


def documents(folder):
    for name in sorted(os.listdir(folder)):
        if name.endswith(".yaml"):
            with open(os.path.join(folder, name)) as file:
                for document in yaml.safe_load_all(file):
                    yield name, document


def pods(folder):
    """(file, the pod's spec) of everything that makes pods."""
    for name, document in documents(folder):
        template = document.get("spec", {}).get("template")
        if template:
            yield name, template["spec"]


def containers(pod):
    return pod.get("initContainers", []) + pod["containers"]


def daemons(pod):
    """The containers that run the daemon: of its image, and without another command."""
    return [container for container in containers(pod)
            if container["image"].startswith(IMAGE) and "command" not in container]


def programs(pod):
    return [container for container in containers(pod) if not container["image"].startswith(IMAGE)]


def variables(container):
    return {entry["name"]: entry["value"] for entry in container.get("env", [])}


def mounts(container):
    return {mount["name"]: mount for mount in container.get("volumeMounts", [])}
