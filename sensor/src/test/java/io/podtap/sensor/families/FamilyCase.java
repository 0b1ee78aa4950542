/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.families;

import io.podtap.sensor.Conversation;
import io.podtap.sensor.dispatch.StreamScript;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One rule, an input that it applies to, and what the record of it must hold.
 *
 * @param rule the name of a weird, or a rule in words
 * @param input the input in words
 * @param log whose record it is
 * @param expected fields of a record of that log; an empty text stands for a field that is not set
 * @param run runs the input and returns the records of a log
 */
record FamilyCase(
    String rule,
    String input,
    String log,
    Map<String, String> expected,
    Function<String, List<Map<String, String>>> run) {

  private static final String ANY = "*";

  /** What a client and a server say in turn: the client first, every other text the server's. */
  static Function<String, List<Map<String, String>>> tcp(int port, String... turns) {
    return log -> {
      StreamScript script = StreamScript.tcp(port, Integer.MAX_VALUE);
      for (int i = 0; i < turns.length; i++) {
        if (!turns[i].isEmpty()) {
          script.say(i % 2 == 0, turns[i].getBytes(StandardCharsets.ISO_8859_1));
        }
      }
      return script.rows(log);
    };
  }

  /** What a client says before it ends its side. */
  static Function<String, List<Map<String, String>>> ended(int port, String said) {
    return log -> {
      StreamScript script = StreamScript.tcp(port, Integer.MAX_VALUE);
      return script.client(said).end(/* fromClient= */ true).rows(log);
    };
  }

  /** What a client asks, and what the server says before it ends its side. */
  static Function<String, List<Map<String, String>>> answered(
      int port, String request, String answer) {
    return log -> {
      StreamScript script = StreamScript.tcp(port, Integer.MAX_VALUE);
      return script.client(request).server(answer).end(/* fromClient= */ false).rows(log);
    };
  }

  /** As above, of datagrams. */
  static Function<String, List<Map<String, String>>> udp(int port, byte[]... turns) {
    return log -> {
      StreamScript script = StreamScript.udp(port);
      for (int i = 0; i < turns.length; i++) {
        if (turns[i].length > 0) {
          script.say(i % 2 == 0, turns[i]);
        }
      }
      return script.rows(log);
    };
  }

  /** Packets of a conversation. */
  static Function<String, List<Map<String, String>>> packets(
      int port, Consumer<Conversation> packets) {
    return log -> {
      try (Conversation conversation = new Conversation(port)) {
        packets.accept(conversation);
        return conversation.records(log);
      }
    };
  }

  /** A weird of a connection: the record has an id. */
  static FamilyCase weird(
      String name,
      String detail,
      String source,
      String input,
      Function<String, List<Map<String, String>>> run) {
    return weird(name, detail, source, input, Map.of("uid", ANY, "id.orig_h", ANY), run);
  }

  /** A weird of a packet: the record has addresses. */
  static FamilyCase packetWeird(
      String name,
      String detail,
      String source,
      String input,
      Function<String, List<Map<String, String>>> run) {
    return weird(name, detail, source, input, Map.of("uid", "", "id.orig_p", "0"), run);
  }

  /** A weird of nobody in particular. */
  static FamilyCase netWeird(
      String name,
      String detail,
      String source,
      String input,
      Function<String, List<Map<String, String>>> run) {
    return weird(name, detail, source, input, Map.of("uid", "", "id.orig_h", ""), run);
  }

  private static FamilyCase weird(
      String name,
      String detail,
      String source,
      String input,
      Map<String, String> form,
      Function<String, List<Map<String, String>>> run) {
    Map<String, String> expected = new TreeMap<>(form);
    expected.put("name", name);
    expected.put("addl", detail);
    expected.put("source", source);
    return new FamilyCase(name, input, "weird", expected, run);
  }

  /** Returns whether a record holds what is expected. */
  boolean isIn(Map<String, String> row) {
    return expected.entrySet().stream()
        .allMatch(field -> {
          String value = row.getOrDefault(field.getKey(), "");
          return field.getValue().equals(ANY)
              ? !value.isEmpty() && !value.equals("-")
              : field.getValue().equals(value.equals("-") ? "" : value);
        });
  }
}
