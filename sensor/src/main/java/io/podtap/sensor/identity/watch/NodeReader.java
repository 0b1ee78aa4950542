/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity.watch;

import io.podtap.core.json.JsonReader;
import io.podtap.sensor.identity.Addresses;
import io.podtap.sensor.identity.Owner;
import io.podtap.sensor.identity.Place;
import io.podtap.sensor.log.PrivateNetworks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Nodes: the addresses of their status, and those by which they talk with their pods. Probes of the
 * kubelet come from such an address, and so does what kube-proxy masquerades. A node's status does
 * not have it: where the network plugin writes it into an annotation, that is taken, otherwise the
 * first two addresses of the node's range of pods, which bridge plugins keep for the node (flannel
 * sends from the very first one).
 *
 * @see "CNI plugins, bridge (isGateway) and host-local (gateway)"
 */
final class NodeReader extends BindingReader {

  private static final int ADDRESSES_MAX = 32;
  private static final int IPV4_BITS = 32;
  private static final int IPV6_BITS = 128;

  /** Addresses of the node in the pods' network, as Calico and Cilium write them. */
  private static final Set<String> NETWORK_ANNOTATIONS =
      Set.of(
          "projectcalico.org/IPv4IPIPTunnelAddr",
          "projectcalico.org/IPv4VXLANTunnelAddr",
          "projectcalico.org/IPv6VXLANTunnelAddr",
          "projectcalico.org/IPv4WireguardInterfaceAddr",
          "projectcalico.org/IPv6WireguardInterfaceAddr",
          "network.cilium.io/ipv4-cilium-host",
          "network.cilium.io/ipv6-cilium-host",
          "io.cilium.network.ipv4-cilium-host",
          "io.cilium.network.ipv6-cilium-host");

  /** Why the network of a node is available: plugins that may give any address to a pod. */
  private static final Set<String> NETWORKS_WITHOUT_GATEWAY = Set.of("CalicoIsUp", "CiliumIsUp");

  private final List<String> addresses = new ArrayList<>();
  private final List<String> networkAddresses = new ArrayList<>();
  private final List<String> ranges = new ArrayList<>();
  private boolean hasGateway = true;

  @Override
  String plural() {
    return "nodes";
  }

  @Override
  boolean isNamespaced() {
    return false;
  }

  @Override
  void begin() {
    addresses.clear();
    networkAddresses.clear();
    ranges.clear();
    hasGateway = true;
  }

  @Override
  void metadataField(String field, JsonReader json) throws IOException {
    if (field.equals("annotations")) {
      annotations(json);
    } else {
      json.skip();
    }
  }

  private void annotations(JsonReader json) throws IOException {
    if (json.enterObject()) {
      while (json.more()) {
        if (NETWORK_ANNOTATIONS.contains(json.name())) {
          add(networkAddresses, json.text(), ADDRESSES_MAX);
          hasGateway = false;
        } else {
          json.skip();
        }
      }
    }
  }

  @Override
  void spec(JsonReader json) throws IOException {
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "podCIDR" -> add(ranges, json.text(), ADDRESSES_MAX);
          case "podCIDRs" -> each(json, range -> add(ranges, range.text(), ADDRESSES_MAX));
          default -> json.skip();
        }
      }
    }
  }

  @Override
  void status(JsonReader json) throws IOException {
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "addresses" -> each(json, this::address);
          case "conditions" -> each(json, this::condition);
          default -> json.skip();
        }
      }
    }
  }

  private void condition(JsonReader json) throws IOException {
    only(json, "reason", reason -> hasGateway &= !NETWORKS_WITHOUT_GATEWAY.contains(reason.text()));
  }

  /** Reads an address; names of hosts are read as well, and are no addresses. */
  private void address(JsonReader json) throws IOException {
    only(json, "address", value -> add(addresses, value.text(), ADDRESSES_MAX));
  }

  @Override
  String started() {
    return "";
  }

  @Override
  void addPlaces(String uid, Map<Place, Owner> places) {
    Owner owner = Owner.node(name);
    for (String text : addresses) {
      Place place = Addresses.parse(text);
      if (place != null) {
        put(places, place, owner);
      }
    }
    for (String text : networkAddresses) {
      claimPrivate(places, Addresses.parse(text), owner);
    }
    if (hasGateway) {
      ranges.forEach(range -> claimGateway(places, range, owner));
    }
  }

  private void claimPrivate(Map<Place, Owner> places, @Nullable Place place, Owner owner) {
    if (place != null && PrivateNetworks.contains(place.high(), place.low())) {
      claim(places, place, owner);
    } else {
      omit();
    }
  }

  /** Claims the first two addresses of a range in CIDR notation that has more than these. */
  private void claimGateway(Map<Place, Owner> places, String range, Owner owner) {
    int slash = range.indexOf('/');
    Place first = slash < 0 ? null : Addresses.parse(range.substring(0, slash));
    if (first == null || !isLarge(range, slash)) {
      omit();
      return;
    }
    claimPrivate(places, first, owner);
    claimPrivate(places, Place.of(first.high(), first.low() | 1), owner);
  }

  private static boolean isLarge(String range, int slash) {
    int bits = range.indexOf(':') < 0 ? IPV4_BITS : IPV6_BITS;
    try {
      return Integer.parseInt(range, slash + 1, range.length(), 10) <= bits - 2;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
