/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A conversation in exchanges, as packets of one TCP connection: what either end says in one go is
 * cut into segments and acknowledged. What an exchange must yield is told by a key, which one field
 * of a record holds, and an outcome, which another one holds.
 */
final class Exchanges {

  static final int SEGMENT_BYTES = 240;

  private static final int FIN_EXCHANGE = Integer.MAX_VALUE;

  /** A packet: which exchange it belongs to, and whether it carries data. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Packet(byte[] bytes, boolean fromClient, int exchange, boolean hasData) {}

  /**
   * What is expected of an exchange.
   *
   * @param key what the record has in the key's field; empty when only counts tell
   * @param outcome what it has in the outcome's field, unless that is not known
   */
  record Expected(int exchange, String key, String outcome) {}

  final String protocol;
  final String log;
  final String keyField;
  final String outcomeField;
  final int port;
  private final List<Packet> packets = new ArrayList<>();
  private final List<Expected> expected = new ArrayList<>();
  private final int[] next = {1_000, 5_000};
  private int exchange = -1;
  private int lastExchange;

  /**
   * @param log the protocol's own log
   * @param keyField the field that tells records apart
   * @param outcomeField the field that tells what came of it
   */
  Exchanges(String protocol, int port, String log, String keyField, String outcomeField) {
    this.protocol = protocol;
    this.port = port;
    this.log = log;
    this.keyField = keyField;
    this.outcomeField = outcomeField;
    packet(true, 0x02, 1, new byte[0]);
    packet(/* fromClient= */ false, 0x12, 1, new byte[0]);
    packet(true, 0x10, 0, new byte[0]);
  }

  /** Begins the next exchange. */
  Exchanges exchange(String key, String outcome) {
    exchange++;
    if (!key.isEmpty()) {
      expected.add(new Expected(exchange, key, outcome));
    }
    return this;
  }

  /** Adds a record that the exchange at hand must yield, too. */
  Exchanges also(String key, String outcome) {
    expected.add(new Expected(exchange, key, outcome));
    return this;
  }

  Exchanges client(String latin1) {
    return say(true, latin1.getBytes(StandardCharsets.ISO_8859_1));
  }

  Exchanges server(String latin1) {
    return say(/* fromClient= */ false, latin1.getBytes(StandardCharsets.ISO_8859_1));
  }

  Exchanges clientHex(String digits) {
    return say(true, HexFormat.of().parseHex(digits));
  }

  Exchanges serverHex(String digits) {
    return say(/* fromClient= */ false, HexFormat.of().parseHex(digits));
  }

  private Exchanges say(boolean fromClient, byte[] bytes) {
    for (int at = 0; at < bytes.length; at += SEGMENT_BYTES) {
      byte[] part = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + SEGMENT_BYTES));
      packet(fromClient, 0x18, 0, part);
    }
    packet(!fromClient, 0x10, 0, new byte[0]);
    return this;
  }

  /** Closes the connection; nothing more is added. */
  Exchanges close() {
    lastExchange = exchange;
    exchange = FIN_EXCHANGE;
    packet(true, 0x11, 1, new byte[0]);
    packet(/* fromClient= */ false, 0x11, 1, new byte[0]);
    packet(true, 0x10, 0, new byte[0]);
    return this;
  }

  private void packet(boolean fromClient, int flags, int flagBytes, byte[] payload) {
    int side = fromClient ? 0 : 1;
    byte[] packet =
        Conversation.tcp(fromClient, port, flags, next[side], next[1 - side], payload.length);
    System.arraycopy(payload, 0, packet, packet.length - payload.length, payload.length);
    Conversation.fillChecksums(packet);
    next[side] += payload.length + flagBytes;
    packets.add(new Packet(packet, fromClient, exchange, payload.length > 0));
  }

  /** Returns how many exchanges there are from one on: each asks once. */
  int requestsFrom(int first) {
    return Math.max(0, lastExchange - Math.max(first, 0) + 1);
  }

  @Override
  public String toString() {
    return protocol;
  }

  List<Packet> packets() {
    return packets;
  }

  List<Expected> expected() {
    return expected;
  }

  /** Returns the records when packets from one on are seen, without another. */
  Records run(int from, int without) {
    return run(from, Set.of(without));
  }

  /** Returns the records when packets from one on are seen, without some others. */
  Records run(int from, Set<Integer> without) {
    try (Conversation conversation = new Conversation(port)) {
      for (int i = from; i < packets.size(); i++) {
        if (!without.contains(i)) {
          conversation.send(packets.get(i).bytes);
        }
      }
      List<Map<String, String>> connections = conversation.records();
      return new Records(conversation.rows(log), connections, conversation.rows("analyzer"));
    }
  }

  /** What came of a run. */
  record Records(
      List<Map<String, String>> rows,
      List<Map<String, String>> connections,
      List<Map<String, String>> violations) {

    /** Returns the outcomes of the records by their keys. */
    Map<String, String> outcomes(String keyField, String outcomeField) {
      Map<String, String> outcomes = new HashMap<>();
      for (Map<String, String> row : rows) {
        outcomes.put(row.get(keyField), row.get(outcomeField));
      }
      return outcomes;
    }
  }
}
