/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.edges;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Decides connections by NetworkPolicies as the Kubernetes documentation words their meaning. It
 * knows nothing of how they were made.
 *
 * @see "Kubernetes documentation, Network Policies, The two sorts of pod isolation"
 */
final class PolicyEvaluator {

  /**
   * A pod, or something outside of the cluster.
   *
   * @param namespace null for what is not a pod
   */
  record Host(@Nullable String namespace, Map<String, String> labels, String address) {}

  private final List<Map<?, ?>> policies = new ArrayList<>();

  /** Adds the policies in a YAML text. */
  void add(String yaml) {
    for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
      Map<?, ?> policy = (Map<?, ?>) document;
      if (!"networking.k8s.io/v1".equals(policy.get("apiVersion"))
          || !"NetworkPolicy".equals(policy.get("kind"))) {
        throw new IllegalArgumentException("another object: " + policy);
      }
      policies.add(policy);
    }
  }

  int count() {
    return policies.size();
  }

  /** Returns whether a connection is allowed at both of its ends. */
  boolean allows(Host client, Host server, String protocol, int port) {
    return allows("Egress", "to", client, server, protocol, port)
        && allows("Ingress", "from", server, client, protocol, port);
  }

  private boolean allows(
      String type, String direction, Host pod, Host peer, String protocol, int port) {
    boolean isIsolated = false;
    for (Map<?, ?> policy : policies) {
      Map<?, ?> spec = map(policy.get("spec"));
      String namespace = String.valueOf(map(policy.get("metadata")).get("namespace"));
      if (!namespace.equals(pod.namespace())
          || !list(spec.get("policyTypes")).contains(type)
          || !matches(map(spec.get("podSelector")), pod.labels())) {
        continue;
      }
      isIsolated = true;
      for (Object rule : list(spec.get(type.toLowerCase(java.util.Locale.ROOT)))) {
        if (hasPeer(list(map(rule).get(direction)), namespace, peer)
            && hasPort(list(map(rule).get("ports")), protocol, port)) {
          return true;
        }
      }
    }
    return !isIsolated;
  }

  private static boolean hasPeer(List<?> peers, String namespace, Host host) {
    return peers.isEmpty() || peers.stream().anyMatch(peer -> isPeer(map(peer), namespace, host));
  }

  private static boolean isPeer(Map<?, ?> peer, String namespace, Host host) {
    if (peer.containsKey("ipBlock")) {
      return host.namespace() == null
          && contains(String.valueOf(map(peer.get("ipBlock")).get("cidr")), host.address());
    }
    if (host.namespace() == null) {
      return false;
    }
    boolean isInNamespace =
        peer.containsKey("namespaceSelector")
            ? matches(
                map(peer.get("namespaceSelector")),
                Map.of("kubernetes.io/metadata.name", Objects.requireNonNull(host.namespace())))
            : namespace.equals(host.namespace());
    return isInNamespace
        && (!peer.containsKey("podSelector")
            || matches(map(peer.get("podSelector")), host.labels()));
  }

  private static boolean contains(String cidr, String address) {
    int slash = cidr.indexOf('/');
    byte[] network = InetAddress.ofLiteral(cidr.substring(0, slash)).getAddress();
    byte[] host = InetAddress.ofLiteral(address).getAddress();
    int shift = 8 * network.length - Integer.parseInt(cidr.substring(slash + 1));
    return network.length == host.length
        && new BigInteger(1, network)
            .shiftRight(shift)
            .equals(new BigInteger(1, host).shiftRight(shift));
  }

  private static boolean hasPort(List<?> ports, String protocol, int port) {
    return ports.isEmpty()
        || ports.stream()
            .anyMatch(entry ->
                protocol.equalsIgnoreCase(String.valueOf(map(entry).get("protocol")))
                    && Objects.equals(map(entry).get("port"), port));
  }

  private static boolean matches(Map<?, ?> selector, Map<String, String> labels) {
    if (!selector.keySet().equals(java.util.Set.of("matchLabels"))) {
      throw new IllegalArgumentException("another selector: " + selector);
    }
    return labels.entrySet().containsAll(map(selector.get("matchLabels")).entrySet());
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return (Map<?, ?>) Objects.requireNonNull(value);
  }

  private static List<?> list(@Nullable Object value) {
    return value == null ? List.of() : (List<?>) value;
  }
}
