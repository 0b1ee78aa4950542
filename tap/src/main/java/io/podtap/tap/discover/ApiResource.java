/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

import io.podtap.core.config.Endpoint;
import io.podtap.core.json.JsonReader;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A kind of object that sensors are found in: where the API has it, and what its fields say.
 *
 * <p>Objects are read field by field; of a field that is there twice the last one counts.
 */
abstract sealed class ApiResource permits PodResource, EndpointSliceResource {

  private String name = "";
  private String resourceVersion = "";
  private boolean deleted;
  private int code;
  private String message = "";

  /** Returns the plural, as a rule of a Role names it. */
  abstract String plural();

  /** Returns the API group, empty for the core group. */
  abstract String group();

  /** Returns which objects are asked for. */
  abstract String selector();

  /** Forgets the object before. */
  abstract void begin();

  /** Reads one field, or skips it. */
  abstract void field(String field, JsonReader json) throws IOException;

  /** Returns the sensors that are ready in the object that was read. */
  abstract List<Candidate> ready(String name);

  /** Returns the path of the objects in a namespace. */
  final String path(String namespace) {
    return (group().isEmpty() ? "/api/v1" : "/apis/" + group() + "/v1")
        + "/namespaces/"
        + namespace
        + '/'
        + plural();
  }

  /** Reads one object; a {@code Status} where the API sends one. */
  final ApiObject read(JsonReader json) throws IOException {
    name = "";
    resourceVersion = "";
    deleted = false;
    code = 0;
    message = "";
    begin();
    if (!json.enterObject()) {
      return ApiObject.NONE;
    }
    while (json.more()) {
      String field = json.name();
      switch (field) {
        case "metadata" -> metadata(json);
        case "code" -> code = json.number(0);
        case "message" -> message = json.text();
        default -> field(field, json);
      }
    }
    List<Candidate> ready = deleted ? List.of() : ready(name);
    return new ApiObject(name, resourceVersion, ready, code, message);
  }

  private void metadata(JsonReader json) throws IOException {
    if (json.enterObject()) {
      while (json.more()) {
        switch (json.name()) {
          case "name" -> name = json.text();
          case "resourceVersion" -> resourceVersion = json.text();
          case "deletionTimestamp" -> deleted = !json.text().isEmpty();
          default -> json.skip();
        }
      }
    }
  }

  /** Adds an address, unless it is none that a datagram could be sent to. */
  static void add(List<Endpoint> endpoints, @Nullable String address, int port) {
    if (address != null && !address.isEmpty()) {
      try {
        InetAddress literal = InetAddress.ofLiteral(address);
        if (!literal.isAnyLocalAddress() && !literal.isMulticastAddress()) {
          endpoints.add(new Endpoint(literal, port));
        }
      } catch (IllegalArgumentException e) {
        return; // a name: slices of type FQDN have one, and a pod without address an empty text
      }
    }
  }

  /** Reads an array of texts, at most {@code countMax} of them. */
  static List<String> texts(JsonReader json, int countMax) throws IOException {
    List<String> texts = new ArrayList<>();
    if (json.enterArray()) {
      while (json.more()) {
        String text = json.text();
        if (texts.size() < countMax) {
          texts.add(text);
        }
      }
    }
    return texts;
  }
}
