/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dns;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.Session;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A question and the answer to it: one record of {@code dns.log}. One thread. */
final class DnsTransaction {

  static final int UNSET = -1;

  private static final int NETBIOS_PORT = 137;

  /** Bytes of an answer that are shown, and answers that are (Zeek's limits of log fields). */
  static final int TEXT_MAX = 4_096;

  private static final int ANSWERS_MAX = 100;

  /** The log as Zeek names it. */
  private static final String LOG = "DNS::LOG";

  private static final long BYTES = 104 + 2 * 48 + 8;

  final Flow flow;
  final long startNs;
  final int id;
  final int opcode;
  long roundTripNs = UNSET;

  /** Whether the question came earlier than {@link #startNs}, and when is unknown. */
  boolean isStartUnknown;

  @Nullable String query;
  int queryClass = UNSET;
  int queryType = UNSET;
  boolean netbios;
  int rcode = UNSET;
  boolean authoritative;
  boolean truncated;
  boolean recursionDesired;
  boolean recursionAvailable;
  int reserved;
  boolean rejected;
  final List<String> answers = new ArrayList<>(2);
  final List<Long> timesToLiveNs = new ArrayList<>(2);

  DnsTransaction(Flow flow, long startNs, int id, int opcode) {
    this.flow = flow;
    this.startNs = startNs;
    this.id = id;
    this.opcode = opcode;
  }

  /** Returns the heap that this takes, with its two lists. */
  long heapBytes() {
    long perTime = 16 + 8; // the object and its place
    return BYTES + HeapSize.text(query) + HeapSize.texts(answers) + perTime * timesToLiveNs.size();
  }

  /** Returns whether it is a message of NetBIOS, which has kinds of its own. */
  boolean isNetbios() {
    return netbios || flow.responderPort() == NETBIOS_PORT;
  }

  /** Takes an answer; what the log cannot show is cut, and noted. */
  void answer(Session session, String text, long timeToLiveSeconds) {
    if (answers.size() == ANSWERS_MAX) {
      session.weirdOfNobody("log_container_field_truncated", LOG);
      return;
    }
    boolean isLong = text.length() > TEXT_MAX;
    if (isLong) {
      session.weirdOfNobody("log_string_field_truncated", LOG);
    }
    answers.add(isLong ? text.substring(0, TEXT_MAX) : text);
    timesToLiveNs.add(timeToLiveSeconds * 1_000_000_000L);
  }
}
