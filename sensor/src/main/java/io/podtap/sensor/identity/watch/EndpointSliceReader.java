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
 * Slices of the endpoints of services: the addresses and ports behind a service, each with the pod
 * that it is of. A slice without a service, and an endpoint that is a name, have none.
 *
 * @see "Kubernetes API, discovery.k8s.io/v1 EndpointSlice"
 */
final class EndpointSliceReader extends BindingReader {

  static final String GROUP = "discovery.k8s.io";

  /** The API takes a thousand endpoints in a slice; controllers make slices of a hundred. */
  private static final int SLICE_PLACES_MAX = 4_096;

  private static final int ENDPOINTS_MAX = 1_000;
  private static final int PORTS_MAX = 100;
  private static final String SERVICE_LABEL = "kubernetes.io/service-name";

  /** An address and the unique id of its pod, which is empty for what is no pod. */
  private record Endpoint(String address, String podUid) {}

  private record Port(String name, int protocol, int port) {}

  private final List<Endpoint> endpoints = new ArrayList<>();
  private final List<Port> ports = new ArrayList<>();
  private String service = "";

  @Override
  String plural() {
    return "endpointslices";
  }

  @Override
  String group() {
    return GROUP;
  }

  @Override
  boolean isNamespaced() {
    return true;
  }

  /** An endpoint joins a slice at any time after it was made. */
  @Override
  boolean hasBeginning() {
    return false;
  }

  @Override
  int placesMax() {
    return SLICE_PLACES_MAX;
  }

  @Override
  void begin() {
    endpoints.clear();
    ports.clear();
    service = "";
  }

  @Override
  void metadataField(String field, JsonReader json) throws IOException {
    if (field.equals("labels")) {
      only(json, SERVICE_LABEL, value -> service = value.text());
    } else {
      json.skip();
    }
  }

  @Override
  void field(String field, JsonReader json) throws IOException {
    switch (field) {
      case "endpoints" -> each(json, this::endpoint);
      case "ports" -> each(json, this::port);
      default -> json.skip();
    }
  }

  private void endpoint(JsonReader json) throws IOException {
    List<String> addresses = new ArrayList<>();
    String kind = "";
    String podUid = "";
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "addresses" -> each(json, value -> add(addresses, value.text(), PORTS_MAX));
          case "targetRef" -> {
            if (json.enterObject()) {
              while (json.more()) {
                switch (json.name()) {
                  case "kind" -> kind = json.text();
                  case "uid" -> podUid = json.text();
                  default -> json.skip();
                }
              }
            }
          }
          default -> json.skip();
        }
      }
    }
    String of = kind.equals("Pod") ? podUid : "";
    addresses.forEach(address -> add(endpoints, new Endpoint(address, of), ENDPOINTS_MAX));
  }

  private void port(JsonReader json) throws IOException {
    String portName = "";
    String protocol = "";
    int port = 0;
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "name" -> portName = json.text();
          case "protocol" -> protocol = json.text();
          case "port" -> port = json.number(0);
          default -> json.skip();
        }
      }
    }
    add(ports, new Port(SharedTexts.of(portName), protocol(protocol), port), PORTS_MAX);
  }

  @Override
  String started() {
    return "";
  }

  @Override
  void addPlaces(String uid, Map<Place, Owner> places) {
    if (service.isEmpty()) {
      return;
    }
    String inNamespace = SharedTexts.of(namespace);
    String named = SharedTexts.of(service);
    for (Endpoint endpoint : endpoints) {
      Place address = Addresses.parse(endpoint.address());
      if (address == null) {
        continue;
      }
      for (Port port : ports) {
        int key =
            port.port() > 0 ? Identities.portOf(port.protocol(), port.port()) : Identities.NO_PORT;
        if (key != Identities.NO_PORT) {
          put(
              places,
              new Place(address.high(), address.low(), key),
              Owner.endpoint(inNamespace, named, port.name(), endpoint.podUid()));
        }
      }
    }
  }
}
