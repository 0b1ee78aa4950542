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

/** Pods: ready when they run, their condition {@code Ready} is true and nobody has deleted them. */
final class PodResource extends ApiResource {

  /** Kubernetes gives one address of each family. */
  private static final int ADDRESSES_MAX = 4;

  private final String selector;
  private final int port;
  private final List<String> addresses = new ArrayList<>();
  private String node = "";
  private boolean running;
  private boolean isReady;

  /**
   * @param selector a label selector
   * @param port where the pods listen
   */
  PodResource(String selector, int port) {
    this.selector = selector;
    this.port = port;
  }

  @Override
  String plural() {
    return "pods";
  }

  @Override
  String group() {
    return "";
  }

  @Override
  String selector() {
    return selector;
  }

  @Override
  void begin() {
    addresses.clear();
    node = "";
    running = false;
    isReady = false;
  }

  @Override
  void field(String field, JsonReader json) throws IOException {
    switch (field) {
      case "spec" -> spec(json);
      case "status" -> status(json);
      default -> json.skip();
    }
  }

  private void spec(JsonReader json) throws IOException {
    if (json.enterObject()) {
      while (json.more()) {
        if (json.name().equals("nodeName")) {
          node = json.text();
        } else {
          json.skip();
        }
      }
    }
  }

  private void status(JsonReader json) throws IOException {
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "phase" -> running = json.text().equals("Running");
          case "podIP" -> addAddress(json.text());
          case "podIPs" -> podIps(json);
          case "conditions" -> conditions(json);
          default -> json.skip();
        }
      }
    }
  }

  private void podIps(JsonReader json) throws IOException {
    if (json.enterArray()) {
      while (json.more()) {
        if (json.enterObject()) {
          while (json.more()) {
            if (json.name().equals("ip")) {
              addAddress(json.text());
            } else {
              json.skip();
            }
          }
        }
      }
    }
  }

  private void addAddress(String address) {
    if (addresses.size() < ADDRESSES_MAX && !addresses.contains(address)) {
      addresses.add(address);
    }
  }

  private void conditions(JsonReader json) throws IOException {
    if (json.enterArray()) {
      while (json.more()) {
        condition(json);
      }
    }
  }

  private void condition(JsonReader json) throws IOException {
    String type = "";
    String status = "";
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "type" -> type = json.text();
          case "status" -> status = json.text();
          default -> json.skip();
        }
      }
    }
    if (type.equals("Ready")) {
      isReady = status.equals("True");
    }
  }

  @Override
  List<Candidate> ready(String name) {
    List<Endpoint> endpoints = new ArrayList<>();
    addresses.forEach(address -> add(endpoints, address, port));
    return running && isReady && !endpoints.isEmpty()
        ? List.of(new Candidate(name, endpoints, node))
        : List.of();
  }
}
