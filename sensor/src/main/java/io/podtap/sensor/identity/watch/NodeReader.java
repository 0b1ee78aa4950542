/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity.watch;

import io.podtap.core.json.JsonReader;
import io.podtap.sensor.identity.Addresses;
import io.podtap.sensor.identity.Owner;
import io.podtap.sensor.identity.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Nodes: all of their addresses. */
final class NodeReader extends BindingReader {

  private static final int ADDRESSES_MAX = 32;

  private final List<String> addresses = new ArrayList<>();

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
  }

  @Override
  void metadataField(String field, JsonReader json) throws IOException {
    json.skip();
  }

  @Override
  void field(String field, JsonReader json) throws IOException {
    if (field.equals("status")) {
      status(json);
    } else {
      json.skip();
    }
  }

  private void status(JsonReader json) throws IOException {
    only(json, "addresses", list -> each(list, this::address));
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
  }
}
