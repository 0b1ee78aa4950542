/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

import io.podtap.core.config.Endpoint;
import io.podtap.core.json.JsonReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Slices of a service's endpoints; a dual stack service has slices of either family.
 *
 * @see "Kubernetes API discovery.k8s.io/v1 EndpointSlice"
 */
final class EndpointSliceResource extends ApiResource {

  /** The API's own limits are 1,000 endpoints with 100 addresses that mean the same. */
  private static final int ENDPOINTS_MAX = 1_000;

  private static final int PORTS_MAX = 100;

  /** One line of {@code endpoints}. */
  private record Line(String address, String node, String target) {}

  /** One line of the wanted protocol of {@code ports}. */
  private record Port(String name, int number) {}

  private final SensorTarget.Service service;
  private final String usualPortName;
  private final int usualPort;
  private final String protocol;
  private final List<Line> lines = new ArrayList<>();
  private final List<Port> ports = new ArrayList<>();

  EndpointSliceResource(SensorTarget.Service service, String usualPortName, int usualPort) {
    this(service, usualPortName, usualPort, "UDP");
  }

  /**
   * @param usualPortName which of several ports is taken when the user names none
   * @param usualPort where a service without ports of the protocol listens
   * @param protocol {@code UDP} or {@code TCP}; ports of others are not looked at
   */
  EndpointSliceResource(
      SensorTarget.Service service, String usualPortName, int usualPort, String protocol) {
    this.protocol = protocol;
    this.service = service;
    this.usualPortName = usualPortName;
    this.usualPort = usualPort;
  }

  @Override
  String plural() {
    return "endpointslices";
  }

  @Override
  String group() {
    return "discovery.k8s.io";
  }

  @Override
  String selector() {
    return "kubernetes.io/service-name=" + service.name();
  }

  @Override
  void begin() {
    lines.clear();
    ports.clear();
  }

  @Override
  void field(String field, JsonReader json) throws IOException {
    switch (field) {
      case "endpoints" -> endpoints(json);
      case "ports" -> ports(json);
      default -> json.skip();
    }
  }

  private void endpoints(JsonReader json) throws IOException {
    if (json.enterArray()) {
      while (json.more()) {
        endpoint(json);
      }
    }
  }

  private void endpoint(JsonReader json) throws IOException {
    List<String> addresses = List.of();
    String node = "";
    String target = "";
    boolean ready = true; // the API: unknown is to be taken for ready
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "addresses" -> addresses = texts(json, 1);
          case "conditions" -> ready = member(json, "ready", true);
          case "nodeName" -> node = json.text();
          case "targetRef" -> target = target(json);
          default -> json.skip();
        }
      }
    }
    if (ready && !addresses.isEmpty() && lines.size() < ENDPOINTS_MAX) {
      lines.add(new Line(addresses.getFirst(), node, target));
    }
  }

  private static boolean member(JsonReader json, String name, boolean otherwise)
      throws IOException {
    boolean value = otherwise;
    if (json.enterObject()) {
      while (json.more()) {
        if (json.name().equals(name)) {
          value = json.truth(otherwise);
        } else {
          json.skip();
        }
      }
    }
    return value;
  }

  private static String target(JsonReader json) throws IOException {
    String target = "";
    if (json.enterObject()) {
      while (json.more()) {
        if (json.name().equals("name")) {
          target = json.text();
        } else {
          json.skip();
        }
      }
    }
    return target;
  }

  private void ports(JsonReader json) throws IOException {
    if (json.enterArray()) {
      while (json.more()) {
        port(json);
      }
    }
  }

  private void port(JsonReader json) throws IOException {
    String name = "";
    String given = "TCP"; // what the API means when it says nothing
    int number = 0;
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "name" -> name = json.text();
          case "port" -> number = json.number(0);
          case "protocol" -> given = json.text();
          default -> json.skip();
        }
      }
    }
    if (given.equals(protocol) && number >= 1 && number <= 65_535 && ports.size() < PORTS_MAX) {
      ports.add(new Port(name, number));
    }
  }

  /** Returns where the service's endpoints listen, 0 when it has no port of the wanted name. */
  private int port() {
    if (service.port() != 0) {
      return service.port();
    }
    String wanted = service.portName();
    if (wanted.isEmpty() && ports.size() == 1) {
      return ports.getFirst().number();
    }
    String name = wanted.isEmpty() ? usualPortName : wanted;
    return ports.stream()
        .filter(port -> port.name().equals(name))
        .findFirst()
        .map(Port::number)
        .orElse(wanted.isEmpty() ? usualPort : 0);
  }

  @Override
  List<Candidate> ready(String name) {
    int port = port();
    List<Candidate> ready = new ArrayList<>();
    for (Line line : port == 0 ? List.<Line>of() : lines) {
      List<Endpoint> endpoints = new ArrayList<>();
      add(endpoints, line.address(), port);
      if (!endpoints.isEmpty()) {
        String id = line.target().isEmpty() ? line.address() : line.target();
        ready.add(new Candidate(id, endpoints, line.node()));
      }
    }
    return ready;
  }
}
