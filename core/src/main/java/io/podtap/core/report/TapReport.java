/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.report;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One in-band report: a {@link ReportFrame} that holds text, first {@code podtap-report 1}, then
 * lines of {@code key=value}.
 *
 * <p>A tap sends one report on each lane (UDP source port) that carried something, at start, every
 * ten seconds and at stop. {@code lane.sent} counts the packets that went out on that lane before
 * the report, the reports themselves left out, so a receiver that counts packets by sender address,
 * source port and VNI knows the lost ones exactly.
 *
 * @param values keys and values in the order written; see the constants for the keys every report
 *     has
 */
public record TapReport(Map<String, String> values) {

  public static final String TAP_ID = "tap.id";

  /** Number of this start of the tap, drawn at random, decimal, 0 or more. */
  public static final String START = "start";

  /** Number of the round of reports since the start, from 0. */
  public static final String SEQUENCE = "sequence";

  /** When the report was made by the tap's clock, nanoseconds since 1970. */
  public static final String TIME = "time";

  public static final String STATE = "state";
  public static final String POD = "pod";
  public static final String NAMESPACE = "namespace";
  public static final String NODE = "node";
  public static final String POD_UID = "uid";

  /** The pod's own addresses, separated by commas; empty where it has those of its node. */
  public static final String ADDRESSES = "addresses";

  /** Who controls the pod, {@code KIND/NAME}; empty for nobody. */
  public static final String WORKLOAD = "workload";

  public static final String SERVICE_ACCOUNT = "service_account";
  public static final String IMAGE = "image";

  /** Labels of the pod that were chosen, {@code KEY=VALUE}, separated by commas; said if any. */
  public static final String LABELS = "labels";

  /** Names of the pod's containers, separated by commas; said if any. */
  public static final String CONTAINERS = "containers";

  /**
   * Labels, containers, addresses and lines for which there was no room, and other values of the
   * identity that were cut; said if any.
   */
  public static final String OMITTED = "omitted";

  public static final String INTERFACE = "interface";
  public static final String VNI = "vni";
  public static final String LANE_SENT = "lane.sent";
  public static final String SEEN = "seen";
  public static final String FILTERED = "filtered";
  public static final String DROPPED = "dropped";
  public static final String MIRRORED = "mirrored";
  public static final String FAILED = "failed";

  /** Frames left out by policy; said where there is one. */
  public static final String SHED = "shed";

  public static final String SENT = "sent";

  /** Sensors in use, where they are discovered. */
  public static final String SENSORS = "sensors";

  /** Seconds since the sensors were last known to be current. */
  public static final String SENSORS_AGE = "sensors.age";

  /**
   * In a stream of pcapng the section header's comment has lines of {@code key=value} that begin
   * so: the keys of a report that say who the tap is.
   */
  public static final String SECTION_PREFIX = "podtap.";

  /** How {@link #TAP_ID} is called there. */
  public static final String SECTION_TAP_ID = "tap-id";

  /**
   * Bytes of a report's payload at most: fits the smallest path (1280 bytes) with every outer
   * header.
   */
  public static final int PAYLOAD_BYTES_MAX = 1_100;

  private static final String FIRST_LINE = "podtap-report 1";

  /** Kept free for the line {@link #OMITTED}. */
  private static final int OMITTED_BYTES = 16;

  private static final int OMITTED_MAX = 99_999;

  public TapReport {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * Returns the payload: UTF-8, at most {@link #PAYLOAD_BYTES_MAX} bytes; lines that do not fit are
   * left out and counted in the last one.
   */
  public byte[] encode() {
    StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
    fitting().forEach(text::append);
    long omitted = omitted();
    if (omitted > 0) {
      text.append(OMITTED).append('=').append(Math.min(omitted, OMITTED_MAX)).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Returns what the payload says under {@link #OMITTED}; 0 when it says nothing. */
  public long omitted() {
    int lines = values.size() - (values.containsKey(OMITTED) ? 1 : 0);
    return Math.max(count(OMITTED), 0) + lines - fitting().size();
  }

  private List<String> fitting() {
    List<String> lines = new ArrayList<>();
    int left = PAYLOAD_BYTES_MAX - OMITTED_BYTES - FIRST_LINE.length() - 1;
    for (Map.Entry<String, String> entry : values.entrySet()) {
      String line = entry.getKey() + '=' + entry.getValue().replace('\n', ' ') + '\n';
      int lineBytes = line.getBytes(StandardCharsets.UTF_8).length;
      if (!entry.getKey().equals(OMITTED) && lineBytes <= left) {
        lines.add(line);
        left -= lineBytes;
      }
    }
    return lines;
  }

  /**
   * Reads a payload; empty when it is not a report. Bytes behind the last line (Ethernet padding)
   * are ignored.
   */
  public static Optional<TapReport> decode(byte[] payload) {
    String text;
    try {
      text =
          StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(payload)).toString();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
    String[] lines = text.split("\n", -1);
    if (payload.length > PAYLOAD_BYTES_MAX || !lines[0].equals(FIRST_LINE)) {
      return Optional.empty();
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 1; i < lines.length - 1; i++) {
      int equals = lines[i].indexOf('=');
      if (equals > 0) {
        values.put(lines[i].substring(0, equals), lines[i].substring(equals + 1));
      }
    }
    return Optional.of(new TapReport(values));
  }

  /** Returns the value of {@code key}, or an empty text. */
  public String value(String key) {
    return values.getOrDefault(key, "");
  }

  /** Returns the count behind {@code key}; -1 when it is missing or not a number. */
  public long count(String key) {
    try {
      return Long.parseLong(value(key));
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
