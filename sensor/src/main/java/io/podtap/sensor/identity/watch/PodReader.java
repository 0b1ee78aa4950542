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
import io.podtap.sensor.log.PrivateNetworks;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * Pods: their addresses while they run, with those of further networks. A pod of the node's network
 * has the ports that its containers declare, another one those that it binds at the node.
 *
 * @see "Kubernetes Network Plumbing Working Group, Network Custom Resource Definition de-facto
 *     standard, section 5: network status annotation"
 */
final class PodReader extends BindingReader {

  private static final int ADDRESSES_MAX = 8;
  private static final int NETWORK_ADDRESSES_MAX = 32;
  private static final int PORTS_MAX = 64;

  /** Keys and values together; those that do not fit are left out. */
  private static final int LABEL_BYTES_MAX = 1_024;

  /** Names, images and digests together; containers that do not fit are left out. */
  private static final int CONTAINER_BYTES_MAX = 1_024;

  /** What adds a pod to further networks says in it which addresses it has there. */
  private static final String NETWORK_STATUS = "k8s.v1.cni.cncf.io/network-status";

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
  private final StringBuilder containers = new StringBuilder();
  private final List<String> networkAddresses = new ArrayList<>();
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
    containers.setLength(0);
    networkAddresses.clear();
  }

  @Override
  void metadataField(String field, JsonReader json) throws IOException {
    switch (field) {
      case "labels" -> labels(json);
      case "annotations" -> only(json, NETWORK_STATUS, text -> networks(text.text()));
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
    if (LABELS_OF_ONE_POD.contains(key)) {
      return;
    }
    if (labelBytes + bytes <= LABEL_BYTES_MAX) {
      labelBytes += bytes;
      labels.put(key, value);
    } else {
      omit();
    }
  }

  /** Reads the addresses in networks beside the cluster's, from a text that is JSON itself. */
  private void networks(String text) {
    JsonReader json =
        new JsonReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    try {
      each(json, this::network);
    } catch (IOException e) {
      omit(); // longer than is kept, or not what it should be: what stands before it counts
    }
  }

  private void network(JsonReader json) throws IOException {
    List<String> found = new ArrayList<>();
    boolean isDefault = false;
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "ips" -> each(json, address -> add(found, address.text(), NETWORK_ADDRESSES_MAX));
          case "default" -> isDefault = json.truth(false);
          default -> json.skip();
        }
      }
    }
    if (!isDefault) {
      found.forEach(address -> add(networkAddresses, address, NETWORK_ADDRESSES_MAX));
    }
  }

  private String labelText() {
    StringJoiner text = new StringJoiner(",");
    labels.forEach((key, value) -> text.add(key + '=' + value));
    return text.toString();
  }

  private void references(JsonReader json) throws IOException {
    each(json, this::reference);
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
  void spec(JsonReader json) throws IOException {
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
    each(json, container -> only(container, "ports", list -> each(list, this::port)));
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
    add(ports, new Port(protocol(protocol), containerPort, hostPort), PORTS_MAX);
  }

  @Override
  void status(JsonReader json) throws IOException {
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "phase" -> phase = json.text();
          case "startTime" -> started = json.text();
          case "podIP" -> add(addresses, json.text());
          case "hostIP" -> add(hostAddresses, json.text());
          case "podIPs" -> addressList(json, addresses);
          case "hostIPs" -> addressList(json, hostAddresses);
          case "containerStatuses" -> each(json, this::container);
          default -> json.skip();
        }
      }
    }
  }

  private void container(JsonReader json) throws IOException {
    String container = "";
    String image = "";
    String imageId = "";
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "name" -> container = json.text();
          case "image" -> image = json.text();
          case "imageID" -> imageId = json.text();
          default -> json.skip();
        }
      }
    }
    String running = image(image, imageId);
    String text = running.isEmpty() ? container : container + '=' + running;
    if (containers.length() + text.length() >= CONTAINER_BYTES_MAX) {
      omit();
    } else if (!container.isEmpty()) {
      containers.append(containers.isEmpty() ? "" : ",").append(text);
    }
  }

  /**
   * Returns an image with its digest. A node names it by repository and digest, some with a scheme
   * before it, or by the image's own hash alone when it was loaded without a registry.
   */
  private static String image(String image, String imageId) {
    int scheme = imageId.indexOf("://");
    String plain = scheme < 0 ? imageId : imageId.substring(scheme + 3);
    if (plain.indexOf('@') >= 0) {
      return plain;
    }
    return plain.isEmpty() || image.indexOf('@') >= 0 ? image : image + '@' + plain;
  }

  /** Reads {@code [{"ip": ADDRESS}, ...]}. */
  private void addressList(JsonReader json, List<String> target) throws IOException {
    each(json, entry -> only(entry, "ip", address -> add(target, address.text())));
  }

  private void add(List<String> target, String address) {
    if (!address.isEmpty()) {
      add(target, address, ADDRESSES_MAX);
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
            SharedTexts.of(labelText()),
            SharedTexts.of(containers.toString()));
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
      claimed(places, owner);
    }
  }

  /** An annotation is no proof, so it cannot take an address of the Internet. */
  private void claimed(Map<Place, Owner> places, Owner owner) {
    for (Place place : parsed(networkAddresses)) {
      if (PrivateNetworks.contains(place.high(), place.low())) {
        claim(places, place, owner);
      } else {
        omit();
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

  private void bind(Map<Place, Owner> places, Place address, int protocol, int port, Owner owner) {
    int key = port > 0 ? Identities.portOf(protocol, port) : Identities.NO_PORT;
    if (key != Identities.NO_PORT) {
      put(places, new Place(address.high(), address.low(), key), owner);
    }
  }
}
