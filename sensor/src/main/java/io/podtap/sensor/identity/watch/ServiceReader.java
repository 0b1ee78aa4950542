/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity.watch;

import io.podtap.core.json.JsonReader;
import io.podtap.sensor.identity.Addresses;
import io.podtap.sensor.identity.Identities;
import io.podtap.sensor.identity.Owner;
import io.podtap.sensor.identity.Place;
import io.podtap.sensor.identity.SharedTexts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Services: their cluster addresses, with external ones and those of load balancers by port, and
 * the ports that every node has for them.
 */
final class ServiceReader extends BindingReader {

  private static final int ADDRESSES_MAX = 16;
  private static final int PORTS_MAX = 64;

  private record Port(String name, int protocol, int port, int nodePort) {}

  private final List<String> clusterAddresses = new ArrayList<>();
  private final List<String> outerAddresses = new ArrayList<>();
  private final List<Port> ports = new ArrayList<>();

  @Override
  String plural() {
    return "services";
  }

  @Override
  boolean isNamespaced() {
    return true;
  }

  @Override
  void begin() {
    clusterAddresses.clear();
    outerAddresses.clear();
    ports.clear();
  }

  @Override
  void metadataField(String field, JsonReader json) throws IOException {
    json.skip();
  }

  @Override
  void spec(JsonReader json) throws IOException {
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "clusterIP" -> add(clusterAddresses, json.text());
          case "clusterIPs" -> texts(json, clusterAddresses);
          case "externalIPs" -> texts(json, outerAddresses);
          case "ports" -> ports(json);
          default -> json.skip();
        }
      }
    }
  }

  private void texts(JsonReader json, List<String> target) throws IOException {
    if (json.enterArray()) {
      while (json.more()) {
        add(target, json.text());
      }
    }
  }

  private void add(List<String> target, String address) {
    if (!address.isEmpty()) {
      add(target, address, ADDRESSES_MAX);
    }
  }

  private void ports(JsonReader json) throws IOException {
    if (json.enterArray()) {
      while (json.more()) {
        port(json);
      }
    }
  }

  private void port(JsonReader json) throws IOException {
    String portName = "";
    String protocol = "";
    int port = 0;
    int nodePort = 0;
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "name" -> portName = json.text();
          case "protocol" -> protocol = json.text();
          case "port" -> port = json.number(0);
          case "nodePort" -> nodePort = json.number(0);
          default -> json.skip();
        }
      }
    }
    add(ports, new Port(SharedTexts.of(portName), protocol(protocol), port, nodePort), PORTS_MAX);
  }

  @Override
  void status(JsonReader json) throws IOException {
    only(
        json,
        "loadBalancer",
        balancer -> only(balancer, "ingress", list -> each(list, this::ingress)));
  }

  private void ingress(JsonReader json) throws IOException {
    only(json, "ip", address -> add(outerAddresses, address.text()));
  }

  @Override
  String started() {
    return "";
  }

  @Override
  void addPlaces(String uid, Map<Place, Owner> places) {
    String shared = SharedTexts.of(namespace);
    Owner whole = Owner.service(shared, name, "");
    for (String text : clusterAddresses) {
      Place address = Addresses.parse(text); // of a headless service it is "None"
      if (address != null) {
        put(places, address, whole);
        namedPorts(address, shared, places);
      }
    }
    for (String text : outerAddresses) {
      Place address = Addresses.parse(text);
      if (address != null) {
        put(places, address, whole);
        allPorts(address, shared, places);
      }
    }
    for (Port port : ports) {
      bind(places, Place.of(0, 0), port.nodePort(), port, shared);
    }
  }

  /** A port without a name says no more than the address. */
  private void namedPorts(Place address, String shared, Map<Place, Owner> places) {
    for (Port port : ports) {
      if (!port.name().isEmpty()) {
        bind(places, address, port.port(), port, shared);
      }
    }
  }

  /** At an address that may be a node's too, ports tell. */
  private void allPorts(Place address, String shared, Map<Place, Owner> places) {
    ports.forEach(port -> bind(places, address, port.port(), port, shared));
  }

  private void bind(Map<Place, Owner> places, Place address, int number, Port port, String shared) {
    int key = number > 0 ? Identities.portOf(port.protocol(), number) : Identities.NO_PORT;
    if (key != Identities.NO_PORT) {
      put(
          places,
          new Place(address.high(), address.low(), key),
          Owner.service(shared, name, port.name()));
    }
  }
}
