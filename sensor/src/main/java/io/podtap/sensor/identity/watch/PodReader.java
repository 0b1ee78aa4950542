/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity.watch;

import io.podtap.core.json.JsonReader;
import io.podtap.core.kubernetes.WorkloadName;
import io.podtap.sensor.identity.Addresses;
import io.podtap.sensor.identity.Identities;
import io.podtap.sensor.identity.Owner;
import io.podtap.sensor.identity.Place;
import io.podtap.sensor.identity.SharedTexts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * Pods: their addresses while they run. A pod of the node's network has the ports that its
 * containers declare, another one those that it binds at the node.
 */
final class PodReader extends ObjectReader {

  private static final int ADDRESSES_MAX = 8;
  private static final int PORTS_MAX = 64;

  /** Keys and values together; those that do not fit are left out. */
  private static final int LABEL_BYTES_MAX = 1_024;

  /** Labels with which controllers tell apart the pods, or the versions, of one workload. */
  private static final Set<String> LABELS_OF_ONE_POD =
      Set.of(
          "controller-revision-hash",
          "statefulset.kubernetes.io/pod-name",
          "apps.kubernetes.io/pod-index",
          "controller-uid",
          "job-name",
          "batch.kubernetes.io/controller-uid",
          "batch.kubernetes.io/job-name",
          "batch.kubernetes.io/job-completion-index");

  /** A container's port; {@code hostPort} is 0 where none is bound. */
  private record Port(int protocol, int containerPort, int hostPort) {}

  private final List<String> addresses = new ArrayList<>();
  private final List<String> hostAddresses = new ArrayList<>();
  private final List<Port> ports = new ArrayList<>();
  private final SortedMap<String, String> labels = new TreeMap<>();
  private int labelBytes;
  private String started = "";
  private String node = "";
  private String account = "";
  private String phase = "";
  private boolean onHostNetwork;
  private String ownerKind = "";
  private String ownerName = "";
  private String templateHash = "";
  private String rolloutHash = "";

  @Override
  String plural() {
    return "pods";
  }

  @Override
  boolean isNamespaced() {
    return true;
  }

  @Override
  void begin() {
    addresses.clear();
    hostAddresses.clear();
    ports.clear();
    started = "";
    node = "";
    account = "";
    phase = "";
    onHostNetwork = false;
    ownerKind = "";
    ownerName = "";
    templateHash = "";
    rolloutHash = "";
    labels.clear();
    labelBytes = 0;
  }

  @Override
  void metadataField(String field, JsonReader json) throws IOException {
    switch (field) {
      case "labels" -> labels(json);
      case "ownerReferences" -> references(json);
      default -> json.skip();
    }
  }

  private void labels(JsonReader json) throws IOException {
    if (json.enterObject()) {
      while (json.more()) {
        String key = json.name();
        switch (key) {
          case WorkloadName.DEPLOYMENT_LABEL -> templateHash = json.text();
          case WorkloadName.ROLLOUT_LABEL -> rolloutHash = json.text();
          default -> label(key, json.text());
        }
      }
    }
  }

  private void label(String key, String value) {
    int bytes = key.length() + value.length() + 2;
    if (!LABELS_OF_ONE_POD.contains(key) && labelBytes + bytes <= LABEL_BYTES_MAX) {
      labelBytes += bytes;
      labels.put(key, value);
    }
  }

  private String labelText() {
    StringJoiner text = new StringJoiner(",");
    labels.forEach((key, value) -> text.add(key + '=' + value));
    return text.toString();
  }

  private void references(JsonReader json) throws IOException {
    if (json.enterArray()) {
      while (json.more()) {
        reference(json);
      }
    }
  }

  private void reference(JsonReader json) throws IOException {
    String kind = "";
    String owner = "";
    boolean isController = false;
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "kind" -> kind = json.text();
          case "name" -> owner = json.text();
          case "controller" -> isController = json.truth(false);
          default -> json.skip();
        }
      }
    }
    if (isController) {
      ownerKind = kind;
      ownerName = owner;
    }
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
        switch (json.name()) {
          case "nodeName" -> node = json.text();
          case "serviceAccountName" -> account = json.text();
          case "hostNetwork" -> onHostNetwork = json.truth(false);
          case "containers", "initContainers" -> containers(json);
          default -> json.skip();
        }
      }
    }
  }

  private void containers(JsonReader json) throws IOException {
    if (json.enterArray()) {
      while (json.more()) {
        if (json.enterObject()) {
          while (json.more()) {
            if (json.name().equals("ports")) {
              ports(json);
            } else {
              json.skip();
            }
          }
        }
      }
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
    String protocol = "";
    int containerPort = 0;
    int hostPort = 0;
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "protocol" -> protocol = json.text();
          case "containerPort" -> containerPort = json.number(0);
          case "hostPort" -> hostPort = json.number(0);
          default -> json.skip();
        }
      }
    }
    if (ports.size() < PORTS_MAX) {
      ports.add(new Port(protocol(protocol), containerPort, hostPort));
    }
  }

  private void status(JsonReader json) throws IOException {
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "phase" -> phase = json.text();
          case "startTime" -> started = json.text();
          case "podIP" -> add(addresses, json.text());
          case "hostIP" -> add(hostAddresses, json.text());
          case "podIPs" -> addressList(json, addresses);
          case "hostIPs" -> addressList(json, hostAddresses);
          default -> json.skip();
        }
      }
    }
  }

  /** Reads {@code [{"ip": ADDRESS}, ...]}. */
  private static void addressList(JsonReader json, List<String> target) throws IOException {
    if (json.enterArray()) {
      while (json.more()) {
        if (json.enterObject()) {
          while (json.more()) {
            if (json.name().equals("ip")) {
              add(target, json.text());
            } else {
              json.skip();
            }
          }
        }
      }
    }
  }

  private static void add(List<String> target, String address) {
    if (!address.isEmpty() && target.size() < ADDRESSES_MAX && !target.contains(address)) {
      target.add(address);
    }
  }

  @Override
  String started() {
    return started;
  }

  @Override
  void addPlaces(String uid, Map<Place, Owner> places) {
    if (phase.equals("Succeeded") || phase.equals("Failed")) {
      return;
    }
    WorkloadName workload = WorkloadName.of(ownerKind, ownerName, templateHash, rolloutHash);
    Owner owner =
        new Owner(
            Owner.Kind.POD,
            SharedTexts.of(namespace),
            name,
            uid,
            SharedTexts.of(node),
            SharedTexts.of(workload.kind()),
            SharedTexts.of(workload.name()),
            SharedTexts.of(account),
            "",
            "",
            SharedTexts.of(labelText()));
    for (Place place : parsed(addresses)) {
      if (onHostNetwork) {
        ports.forEach(port -> bind(places, place, port.protocol(), port.containerPort(), owner));
      } else {
        put(places, place, owner);
      }
    }
    if (!onHostNetwork) {
      for (Place place : parsed(hostAddresses)) {
        ports.forEach(port -> bind(places, place, port.protocol(), port.hostPort(), owner));
      }
    }
  }

  private static List<Place> parsed(List<String> texts) {
    List<Place> places = new ArrayList<>();
    for (String text : texts) {
      Place place = Addresses.parse(text);
      if (place != null) {
        places.add(place);
      }
    }
    return places;
  }

  private static void bind(
      Map<Place, Owner> places, Place address, int protocol, int port, Owner owner) {
    int key = port > 0 ? Identities.portOf(protocol, port) : Identities.NO_PORT;
    if (key != Identities.NO_PORT) {
      put(places, new Place(address.high(), address.low(), key), owner);
    }
  }
}
