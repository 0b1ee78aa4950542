/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.catalog;

import io.podtap.sensor.notice.NoticeTalk;
import java.util.List;
import java.util.function.Consumer;

/**
 * One way in which an attack, or something harmless that looks like one, appears on the wire.
 *
 * @param name what it is
 * @param kinds notices that it must raise, each at least once; none of something harmless
 * @param talk the packets
 */
record Variant(String name, List<String> kinds, Consumer<NoticeTalk> talk) {

  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  static Variant of(String kind, String name, Consumer<NoticeTalk> talk) {
    return new Variant(name, List.of(kind), talk);
  }

  static Variant harmless(String name, Consumer<NoticeTalk> talk) {
    return new Variant(name, List.of(), talk);
  }

  /** A stream in which the client speaks first. */
  static Consumer<NoticeTalk> client(int port, String... turns) {
    return talk -> stream(talk, port, true, turns);
  }

  /** A stream in which the server speaks first. */
  static Consumer<NoticeTalk> server(int port, String... turns) {
    return talk -> stream(talk, port, false, turns);
  }

  private static void stream(NoticeTalk talk, int port, boolean clientFirst, String... turns) {
    talk.connect(port);
    boolean isClient = clientFirst;
    for (String turn : turns) {
      if (isClient) {
        talk.client(turn);
      } else {
        talk.server(turn);
      }
      isClient = !isClient;
    }
    talk.finish();
  }

  /** A request with further header lines and a body, answered with two letters. */
  static Consumer<NoticeTalk> request(String method, String path, String headers, String body) {
    return client(8_080, message(method, path, headers, body), OK);
  }

  /** A request that is answered with a body. */
  static Consumer<NoticeTalk> page(String path, String type, String body) {
    return client(8_080, message("GET", path, "", ""), answer(type, body));
  }

  static String message(String method, String path, String headers, String body) {
    return method
        + ' '
        + path
        + " HTTP/1.1\r\nHost: service\r\n"
        + headers
        + (body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n")
        + "\r\n"
        + body;
  }

  static String answer(String type, String body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: "
        + type
        + "\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }
}
