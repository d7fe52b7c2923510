#!/usr/bin/env python3
"""Validates packaging/kubernetes by the schemas of Kubernetes, and by what the daemon and the image are
really like. Ends with 77, which ctest takes for "skipped", where the tools are not installed."""
import argparse
import os
import subprocess
import sys
import tempfile

import tools

tools.use()
try:
    import kubernetes_validate
    import manifests
except ImportError as missing:
    tools.skip(missing)

VERSIONS = ("1.29", "1.33", "1.37") # the first with sidecar containers, and newer ones
NATIVE_SIDECAR = "sidecar.yaml"
SPOOL_OVERHEAD = 300 * 1024 * 1024 # dead letters, spare files and what was damaged


def check_schemas(folder):
    count = 0
    for name, document in manifests.documents(folder):
        for version in VERSIONS:
            try:
                kubernetes_validate.validate(document, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                raise AssertionError(f"{name}, Kubernetes {version}: {error.path}: {error.message}")
        count += 1
    assert count >= 5, count
    # The check can fail: a misspelt key is found.
    broken = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a", "lables": {}}}
    try:
        kubernetes_validate.validate(broken, VERSIONS[0], strict=True)
    except kubernetes_validate.ValidationError:
        return
    raise AssertionError("the schemas let a misspelt key through")


def check_security(name, pod):
    assert pod["automountServiceAccountToken"] is False, name
    context = pod["securityContext"]
    assert context["runAsNonRoot"] is True, name
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}, name
    assert not any(pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")), name
    for container in manifests.containers(pod):
        own = container["securityContext"]
        where = f"{name}, {container['name']}"
        assert own["allowPrivilegeEscalation"] is False, where
        assert own["readOnlyRootFilesystem"] is True, where
        assert own["capabilities"]["drop"] == ["ALL"], where
        user = own.get("runAsUser", context.get("runAsUser"))
        if container["name"] == "folders": # that one is root, to give folders away, and no more
            assert own["capabilities"]["add"] == ["CHOWN", "FOWNER"], where
            continue
        assert user and not own["capabilities"].get("add"), where


def check_volumes(name, pod):
    volumes = {volume["name"]: volume for volume in pod.get("volumes", [])}
    used = set()
    for container in manifests.containers(pod):
        for volume in manifests.mounts(container):
            assert volume in volumes, (name, volume)
            used.add(volume)
    assert used == set(volumes), (name, set(volumes) - used)
    # Whoever only hands over calls cannot put another socket in the place of the daemon's.
    for container in manifests.programs(pod):
        assert manifests.mounts(container)["weave-socket"]["readOnly"] is True, name
        assert set(manifests.mounts(container)) == {"weave-socket"}, name
    spool = volumes.get("weave-spool", {}).get("emptyDir")
    if spool:
        assert spool["sizeLimit"] == "1Gi" and spool.get("medium") != "Memory", name
        for container in manifests.daemons(pod):
            assert "--spool-max-bytes=512MiB" in container["args"], name
            assert 512 * 1024 * 1024 + SPOOL_OVERHEAD < 1024 ** 3


def check_daemon(name, pod, container, binary, image):
    """The daemon itself says whether it would start with these flags."""
    mounts = manifests.mounts(container)
    written = {mount["mountPath"] for mount in mounts.values() if not mount.get("readOnly")}
    # The root file system is read-only: all that the image's settings point to is on volumes.
    assert image["WEAVE_SIDECAR_SOCKET"].startswith(mounts["weave-socket"]["mountPath"] + "/"), name
    assert image["XDG_STATE_HOME"] + "/weave-sidecar" in written, (name, written)
    key = next(flag for flag in container["args"] if flag.startswith("--api-key-file="))
    key_path = key.partition("=")[2]
    assert key_path.startswith(mounts["weave-key"]["mountPath"] + "/"), name
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/api-key", "w") as file:
            file.write("key\n")
        flags = [f"--api-key-file={folder}/api-key" if flag == key else flag
                 for flag in container["args"]]
        said = subprocess.run([binary, "config", "check", "--config", "none", *flags], timeout=10,
                              capture_output=True, text=True,
                              env={"XDG_STATE_HOME": folder, "HOME": folder})
        assert said.returncode == 0, (name, said.stderr)
    # The socket's group is one that the daemon is in, and the programs, too.
    group = int(next(flag for flag in container["args"]
                     if flag.startswith("--socket-group=")).partition("=")[2])
    assert group == pod["securityContext"]["fsGroup"], name
    port = next(flag for flag in container["args"] if flag.startswith("--metrics=")).rpartition(":")[2]
    assert [entry["containerPort"] for entry in container["ports"]
            if entry["name"] == "metrics"] == [int(port)], name
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        if probe in container:
            get = container[probe]["httpGet"]
            assert get["port"] == "metrics" and get["path"] in ("/healthz", "/readyz"), (name, probe)
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz", name


def check_end(name, pod, container):
    """There is time to deliver what is pending."""
    shutdown = 10 # --shutdown-timeout's default, which the manifests leave alone
    assert not any("--shutdown-timeout" in flag for flag in container["args"]), name
    waits = int(container.get("lifecycle", {}).get("preStop", {}).get("exec", {})
                .get("command", ["", "0"])[1])
    assert pod["terminationGracePeriodSeconds"] > shutdown + waits, name


def check_programs(name, pod, image):
    for container in manifests.programs(pod):
        given = manifests.variables(container)
        assert given["WEAVE_USE_SIDECAR"] == "true", name
        assert given["WEAVE_SIDECAR_SOCKET"] == image["WEAVE_SIDECAR_SOCKET"], name
        assert given["WEAVE_SIDECAR_SOCKET"].startswith(
            manifests.mounts(container)["weave-socket"]["mountPath"] + "/"), name
        context = pod["securityContext"]
        assert 10001 in [context.get("fsGroup"), *context.get("supplementalGroups", [])], name


def image_settings(containerfile):
    """ENV of the last stage."""
    with open(containerfile) as file:
        text = file.read().replace("\\\n", " ")
    line = [line for line in text.splitlines() if line.startswith("ENV ")][-1]
    return dict(word.split("=", 1) for word in line.split()[1:])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True, help="packaging")
    parser.add_argument("--bin", required=True)
    arguments = parser.parse_args()
    folder = os.path.join(arguments.folder, "kubernetes")
    image = image_settings(os.path.join(arguments.folder, "container", "Containerfile"))
    check_schemas(folder)
    versions = set()
    count = 0
    for name, pod in manifests.pods(folder):
        check_security(name, pod)
        check_volumes(name, pod)
        check_programs(name, pod, image)
        for container in manifests.daemons(pod):
            check_daemon(name, pod, container, arguments.bin, image)
            check_end(name, pod, container)
            versions.add(container["image"])
            is_native = container in pod.get("initContainers", [])
            assert is_native == (name == NATIVE_SIDECAR), name
            assert (container.get("restartPolicy") == "Always") == is_native, name
            count += 1
    assert count == 3 and len(versions) == 1, (count, versions)
    version = subprocess.run([arguments.bin, "--version"], capture_output=True, text=True, timeout=10)
    assert versions == {manifests.IMAGE + version.stdout.split()[-1]}, (versions, version.stdout)
    print(f"valid for Kubernetes {', '.join(VERSIONS)}, and the daemon takes the flags")
    return 0


if __name__ == "__main__":
    sys.exit(main())
