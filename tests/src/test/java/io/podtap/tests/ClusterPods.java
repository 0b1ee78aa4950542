/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;

/**
 * Manifests of the pods that {@link ClusterIT} and its like talk with. Their programs end when they
 * are told to, so that a tap, which ends last, has its time too.
 */
final class ClusterPods {

  /** Keeps all but sensors from the node that is none. */
  static final String FAR = "podtap.test/far";

  static final String FAR_NODE = "podtap-test-far";

  private final Cluster cluster;

  ClusterPods(Cluster cluster) {
    this.cluster = cluster;
  }

  /** A web server and its service. */
  String server(String namespace, String name) {
    return withImages(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: NAME, namespace: NAMESPACE}
        spec:
          selector: {matchLabels: {app: NAME}}
          template:
            metadata: {labels: {app: NAME}}
            spec:
              containers:
                - {name: main, image: "TOOLS", command: [sh, -c, "trap exit TERM; httpd -f -p 80 -h /www & wait"]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: NAME, namespace: NAMESPACE}
        spec: {selector: {app: NAME}, ports: [{port: 80}]}
        """
            .replace("NAMESPACE", namespace)
            .replace("NAME", name));
  }

  /** A pod {@code talk} that does what it is told by exec. */
  String client(String namespace) {
    return withImages(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: talk, namespace: NAMESPACE}
        spec:
          containers:
            - {name: main, image: "TOOLS", command: [sh, -c, "trap exit TERM; sleep 3600 & wait"]}
        """
            .replace("NAMESPACE", namespace));
  }

  /**
   * A pod {@code names} that knows one name, pods.example: it gives every question back with an
   * address behind it.
   */
  String nameServer() {
    return withImages(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: names, namespace: shop}
        spec:
          containers:
            - name: main
              image: TOOLS
              command:
                - sh
                - -c
                - |
                  cat >/tmp/answer <<'ANSWER'
                  file=`mktemp`
                  dd bs=512 count=1 of=$file
                  { head -c 2 $file
                    printf '\\205\\200\\0\\1\\0\\1\\0\\0\\0\\0'
                    tail -c +13 $file
                    printf '\\300\\014\\0\\1\\0\\1\\0\\0\\0\\5\\0\\4\\300\\0\\2\\011'; } >$file.answer
                  dd bs=512 if=$file.answer
                  ANSWER
                  trap exit TERM
                  socat UDP-RECVFROM:53,fork "EXEC:sh /tmp/answer" & wait
        """);
  }

  /**
   * One request of a web server, once the tap beside it has its sensor, as its metrics say. It asks
   * without naming their port, since a pod that names it may not have them there.
   */
  String job() {
    return withImages(
        """
        apiVersion: batch/v1
        kind: Job
        metadata: {name: errand, namespace: shop}
        spec:
          template:
            metadata: {annotations: {podtap.io/metrics: "9095"}}
            spec:
              restartPolicy: Never
              containers:
                - name: main
                  image: TOOLS
                  command:
                    - sh
                    - -c
                    - |
                      until wget -qO- http://127.0.0.1:$((9094 + 1))/metrics | grep -qx 'podtap_tap_sensors 1'; do sleep 0.2; done
                      wget -qO- http://shop.shop.svc.cluster.local/?errand
        """);
  }

  /**
   * Any program that reads VXLAN, and no podtap: the label is all that it has of us. It is ready
   * when it captures.
   */
  String receiver() {
    return withImages(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: zeek, namespace: security, labels: {run: zeek}}
        spec:
          terminationGracePeriodSeconds: 2
          containers:
            - name: main
              image: TOOLS
              command: [tcpdump, -Z, root, -i, eth0, -U, -s, "0", -B, "8192", -w, /tmp/mirror.pcap, udp port 4789]
              readinessProbe: {exec: {command: [test, -s, /tmp/mirror.pcap]}, periodSeconds: 1, timeoutSeconds: 5}
        """);
  }

  /** The example of a tap by hand, with the images of this cluster. */
  String byHand() {
    return cluster.withImages(withServer(read("examples/by-hand.yaml")).replace("shop", "byhand"));
  }

  /** What an installation without Helm applies. */
  String installation() {
    return cluster.withImages(read("deploy/podtap.yaml"));
  }

  /** The example of a Deployment to be tapped. */
  String example() {
    return withServer(read("examples/deployment.yaml"));
  }

  /**
   * Nothing leaves and nothing comes but what the tests do, and what the example says that taps
   * need.
   */
  String policies() {
    return read("examples/network-policy.yaml").replace("namespace: shop", "namespace: vault")
        + """
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: talk, namespace: vault}
        spec:
          podSelector: {}
          policyTypes: [Ingress, Egress]
          ingress:
            - from: [{podSelector: {}}]
              ports: [{port: 2379}, {port: 8443}]
          egress:
            - to: [{podSelector: {}}]
              ports: [{port: 2379}, {port: 8443}]
            - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}]
              ports: [{port: 80}]
        """;
  }

  /** The example of a tap that sends over TLS. */
  String encryptedExample() {
    return withServer(read("examples/encrypted.yaml"));
  }

  private String withServer(String example) {
    return withImages(
        example.replace(
            "image: nginx:1.29",
            "image: TOOLS\n          command: [sh, -c, \"trap exit TERM; httpd -f -p 80 -h /www & wait\"]"));
  }

  /**
   * A pod {@code vault} that answers gRPC (etcd) and TLS, whose tap finds sensors by their label
   * and speaks TLS itself, and a pod {@code asker} with an ordinary tap.
   */
  String vault() {
    return withImages(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: vault, namespace: vault, annotations: {podtap.io/sensor: "podtap-sensor.podtap:6343"}}
        spec:
          initContainers:
            - name: podtap
              image: auto
              restartPolicy: Always
              env:
                - {name: PODTAP_TRANSPORT, value: tls}
                - {name: PODTAP_CERT, value: /tls/tls.crt}
                - {name: PODTAP_KEY, value: /tls/tls.key}
                - {name: PODTAP_CA, value: /tls/ca.crt}
                - {name: PODTAP_SENSOR_NAME, value: podtap-sensor}
              volumeMounts: [{name: podtap-tls, mountPath: /tls, readOnly: true}]
          containers:
            - {name: main, image: "TOOLS", command: [sh, -c, "trap exit TERM; sleep 3600 & wait"]}
            - name: etcd
              image: TOOLS
              command: [etcd, --data-dir, /tmp/etcd, --listen-client-urls, "http://0.0.0.0:2379", --advertise-client-urls, "http://127.0.0.1:2379"]
              readinessProbe: {tcpSocket: {port: 2379}, periodSeconds: 1}
            - name: tls
              image: TOOLS
              command:
                - sh
                - -c
                - |
                  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=vault.example -days 2 -keyout /tmp/key -out /tmp/certificate
                  trap exit TERM
                  openssl s_server -quiet -accept 8443 -cert /tmp/certificate -key /tmp/key -www & wait
              readinessProbe: {tcpSocket: {port: 8443}, periodSeconds: 1}
          volumes:
            - {name: podtap-tls, secret: {secretName: podtap-tap-tls}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: asker, namespace: vault}
        spec:
          containers:
            - {name: main, image: "TOOLS", command: [sh, -c, "trap exit TERM; sleep 3600 & wait"]}
        """);
  }

  /**
   * A pod whose tap needs a Secret that is not there yet, and one that is to tap nothing there is.
   */
  String late() {
    return withImages(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: late, namespace: shop, annotations: {podtap.io/tls-secret: late-tls}}
        spec:
          containers:
            - {name: web, image: "TOOLS", command: [sh, -c, "trap exit TERM; sleep 3600 & wait"]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: blind, namespace: shop, annotations: {podtap.io/interfaces: eth9}}
        spec:
          containers:
            - {name: web, image: "TOOLS", command: [sh, -c, "trap exit TERM; sleep 3600 & wait"]}
        """);
  }

  /** A node for which nothing runs: pods are bound to it, and say what the test has them say. */
  String farNode() {
    return """
    apiVersion: v1
    kind: Node
    metadata: {name: NODE, labels: {kubernetes.io/os: linux, kubernetes.io/hostname: NODE}}
    spec: {taints: [{key: TAINT, effect: NoSchedule}]}
    status:
      capacity: {cpu: "4", memory: 8Gi, pods: "10"}
      allocatable: {cpu: "4", memory: 8Gi, pods: "10"}
      conditions: [{type: Ready, status: "True", reason: Test}]
    """
        .replace("NODE", FAR_NODE)
        .replace("TAINT", FAR);
  }

  /** The status of a pod that is ready, as its kubelet would write it. */
  String readyAt(String address) {
    return """
    {"status": {"phase": "Running", "podIP": "ADDRESS", "podIPs": [{"ip": "ADDRESS"}],
      "conditions": [{"type": "Ready", "status": "True"}]}}
    """
        .replace("ADDRESS", address);
  }

  /**
   * A shell's loop of requests, ten a second, until /tmp/enough is there; the last one stands in
   * /tmp/asked.
   */
  String requests(String server) {
    return """
    i=0; failed=0
    while [ ! -e /tmp/enough ]; do
      i=$((i + 1))
      wget -qO /dev/null "http://SERVER/?load-$i" || failed=$((failed + 1))
      echo $i >/tmp/asked
      sleep 0.1
    done
    echo "failed: $failed"
    """
        .replace("SERVER", server);
  }

  private static String read(String file) {
    try {
      return Files.readString(Repository.root().resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String withImages(String manifest) {
    return manifest.replace("TOOLS", cluster.tools());
  }
}
