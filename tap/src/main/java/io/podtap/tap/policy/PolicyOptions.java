/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.policy;

import io.podtap.core.config.SettingsException;
import io.podtap.core.filter.Direction;
import io.podtap.tap.segment.SegmentSettings;
import io.podtap.tap.send.SendMode;
import io.podtap.tap.shed.ShedSettings;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options of {@link LiveOption}, as a command line or a file gives them. */
public final class PolicyOptions {

  @Option(
      names = "--filter",
      paramLabel = "EXPRESSION",
      description = "Mirror only packets that match, in tcpdump's filter syntax.")
  private String filter = "";

  @Option(
      names = "--direction",
      paramLabel = "in|out|both",
      description =
          "Mirror what the interfaces receive, what is sent through them, or both; of lo, where"
              + " each packet is sent and received, all (default: ${DEFAULT-VALUE}).")
  private String direction = "both";

  @Option(
      names = "--snaplen",
      paramLabel = "BYTES",
      description = "Maximum bytes of a packet to mirror (default: all).")
  private int snaplen = SegmentSettings.SNAPLEN_MAX;

  @Option(
      names = "--budget-mbps",
      paramLabel = "MBIT",
      description =
          "Maximum rate of frames: above it send only headers, then nothing (default:" + " all).")
  private long budgetMbps;

  @Option(
      names = "--flow-cutoff",
      paramLabel = "BYTES",
      description = "After this many bytes of a flow, send only headers (default: no limit).")
  private long flowCutoffBytes;

  @Option(
      names = "--headers-only",
      paramLabel = "PORT[-PORT][,...]",
      description = "Send only headers of these TCP and UDP ports.")
  private String headersOnlyPorts = "";

  @Option(
      names = "--send",
      paramLabel = "auto|joined|single",
      description =
          "joined: up to 128 datagrams in one system call. single: one by one, for a sensor that"
              + " sniffs its network interface on this node, as Zeek and Suricata do: it would see"
              + " joined datagrams as one. auto: single until the sensor answers that it reads a"
              + " socket, or is known to run on another node (default: ${DEFAULT-VALUE}).")
  private String send = "auto";

  /** Returns options with these values, the rest at its defaults. */
  static PolicyOptions of(Map<LiveOption, String> values) {
    PolicyOptions options = new PolicyOptions();
    for (Map.Entry<LiveOption, String> one : values.entrySet()) {
      try {
        options.set(one.getKey(), one.getValue());
      } catch (NumberFormatException e) {
        throw new SettingsException(
            one.getKey().option() + " '" + one.getValue() + "' is not a number", e);
      }
    }
    return options;
  }

  /**
   * Sets one option.
   *
   * @throws NumberFormatException when a number is expected and this is none
   */
  public void set(LiveOption option, String value) {
    switch (option) {
      case FILTER -> filter = value;
      case DIRECTION -> direction = value;
      case SNAPLEN -> snaplen = Integer.parseInt(value);
      case BUDGET_MBPS -> budgetMbps = Long.parseLong(value);
      case FLOW_CUTOFF -> flowCutoffBytes = Long.parseLong(value);
      case HEADERS_ONLY -> headersOnlyPorts = value;
      case SEND -> send = value;
    }
  }

  /** Returns all values as they would be given. */
  public Map<LiveOption, String> values() {
    Map<LiveOption, String> values = new EnumMap<>(LiveOption.class);
    for (LiveOption option : LiveOption.values()) {
      values.put(
          option,
          switch (option) {
            case FILTER -> filter;
            case DIRECTION -> direction;
            case SNAPLEN -> Integer.toString(snaplen);
            case BUDGET_MBPS -> Long.toString(budgetMbps);
            case FLOW_CUTOFF -> Long.toString(flowCutoffBytes);
            case HEADERS_ONLY -> headersOnlyPorts;
            case SEND -> send;
          });
    }
    return values;
  }

  /**
   * Returns what the options say. The filter's language is not looked at.
   *
   * @throws SettingsException when a value is out of range or unknown
   */
  public PolicySettings settings() {
    return new PolicySettings(
        filter,
        direction(),
        new SegmentSettings(snaplen),
        new ShedSettings(budgetMbps, flowCutoffBytes, ShedSettings.parsePorts(headersOnlyPorts)),
        sendMode());
  }

  private Direction direction() {
    return switch (direction.toLowerCase(Locale.ROOT)) {
      case "in" -> Direction.IN;
      case "out" -> Direction.OUT;
      case "both" -> Direction.BOTH;
      default ->
          throw new SettingsException("direction '" + direction + "' is not in, out or both");
    };
  }

  private SendMode sendMode() {
    return switch (send.toLowerCase(Locale.ROOT)) {
      case "auto" -> SendMode.AUTO;
      case "joined" -> SendMode.JOINED;
      case "single" -> SendMode.SINGLE;
      default -> throw new SettingsException("send '" + send + "' is not auto, joined or single");
    };
  }
}
