/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.notice.Detection;
import io.podtap.sensor.notice.DetectionContext;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.Networks;
import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.Notices;
import io.podtap.sensor.notice.Subscriptions;
import io.podtap.sensor.sink.FlowAges;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/**
 * {@code conn_long.log}: connections that are open for long, while they are open.
 *
 * @see "the Zeek package corelight/zeek-long-connections"
 */
public final class LongConnections implements Detection, FlowAges {

  private static final String NOTE = "LongConnection::found";

  /** The declaration. */
  public static final DetectionKind KIND =
      DetectionKind.named(
              "long-connections", "Lists connections that are open for long, while they are open.")
          .texts(
              "longconnection.default_durations",
              "600,1800,3600,43200,86400,259200",
              "Seconds after which a connection is listed, rising.")
          .texts(
              "longconnection.special_cases",
              "",
              "Other durations for networks, as NETWORK=SECONDS,SECONDS; the originator's network"
                  + " comes before the responder's.")
          .truth(
              "longconnection.repeat_last_duration",
              false,
              "Whether a connection is listed again each time that the last duration has passed.")
          .truth(
              "longconnection.do_notice",
              false,
              "Whether it is a notice as well. In a cluster most long connections are those of"
                  + " pools, streams and watches.")
          .log("conn_long")
          .notice(
              NOTE,
              "A connection has been open for one of the durations. Only with"
                  + " longconnection.do_notice.",
              "Connection pools, watches of the API, streams of gRPC and WebSocket sessions stay"
                  + " open for days.",
              "Ask which program holds it; a connection to the outside that nobody knows may be a"
                  + " shell or a tunnel.",
              "conn_long.log by the uid: bytes and packets at each duration; conn.log once the"
                  + " connection has ended.")
          .starts(LongConnections::new)
          .build();

  private static final double NS_PER_SECOND = 1e9;
  private static final int ADDRESS_BYTES = 48;

  /**
   * Durations of a network, nanoseconds.
   *
   * @param prefixLength by which the closest network is chosen
   */
  @SuppressWarnings("ArrayRecordComponent") // which nobody compares
  private record SpecialCase(Networks network, int prefixLength, long[] durationsNs) {}

  private final Notices notices;
  private final long[] durationsNs;
  private final List<SpecialCase> specialCases = new ArrayList<>();
  private final boolean repeats;
  private final boolean raises;

  private LongConnections(DetectionContext context) {
    notices = context.notices();
    repeats = context.options().isTrue("longconnection.repeat_last_duration");
    raises = context.options().isTrue("longconnection.do_notice");
    durationsNs = durations(context.options().texts("longconnection.default_durations"));
    String open = "";
    for (String text : context.options().texts("longconnection.special_cases")) {
      // Lists on the command line are separated by commas, as their durations are.
      if (text.indexOf('=') >= 0) {
        add(open);
        open = text;
      } else {
        open = open + ',' + text;
      }
    }
    add(open);
    specialCases.sort(Comparator.comparingInt(SpecialCase::prefixLength).reversed());
  }

  private void add(String text) {
    if (text.isEmpty()) {
      return;
    }
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new SettingsException(
          "invalid special case '" + text + "': NETWORK=SECONDS,SECONDS expected");
    }
    String network = text.substring(0, equals);
    int slash = network.indexOf('/');
    Networks parsed = new Networks(List.of(network));
    int prefixLength = slash < 0 ? Integer.MAX_VALUE : prefixLength(network, slash);
    List<String> seconds = new ArrayList<>();
    StringTokenizer tokens = new StringTokenizer(text.substring(equals + 1), ",");
    while (tokens.hasMoreTokens()) {
      seconds.add(tokens.nextToken().strip());
    }
    specialCases.add(new SpecialCase(parsed, prefixLength, durations(seconds)));
  }

  private static int prefixLength(String network, int slash) {
    return Integer.parseInt(network.substring(slash + 1)); // checked before
  }

  private static long[] durations(List<String> seconds) {
    long[] all = new long[seconds.size()];
    for (int i = 0; i < all.length; i++) {
      try {
        all[i] = (long) (Double.parseDouble(seconds.get(i)) * NS_PER_SECOND);
      } catch (NumberFormatException e) {
        throw new SettingsException("invalid duration '" + seconds.get(i) + "'", e);
      }
      if (all[i] <= (i == 0 ? 0 : all[i - 1])) {
        throw new SettingsException(
            "durations " + String.join(", ", seconds) + " are not above 0 and rising");
      }
    }
    return all;
  }

  @Override
  public void subscribe(Subscriptions records) {
    records.openFlows(this).on("conn_long", this::onLong);
  }

  private long[] durations(Flow flow) {
    if (specialCases.isEmpty()) {
      return durationsNs;
    }
    long[] found = find(flow.originatorHigh(), flow.originatorLow());
    if (found == null) {
      found = find(flow.responderHigh(), flow.responderLow());
    }
    return found == null ? durationsNs : found;
  }

  private long @Nullable [] find(long high, long low) {
    LineBuffer text = new LineBuffer(ADDRESS_BYTES).address(high, low);
    String address = new String(text.bytes(), 0, text.length(), StandardCharsets.US_ASCII);
    for (SpecialCase special : specialCases) {
      if (special.network().contains(address)) {
        return special.durationsNs();
      }
    }
    return null;
  }

  @Override
  public long firstNs(Flow flow) {
    long[] durations = durations(flow);
    return durations.length == 0 ? NEVER : flow.startNs + durations[0];
  }

  @Override
  public long nextNs(Flow flow, long nowNs) {
    long[] durations = durations(flow);
    for (long duration : durations) {
      if (flow.startNs + duration > nowNs) {
        return flow.startNs + duration;
      }
    }
    return repeats ? nowNs + durations[durations.length - 1] : NEVER;
  }

  @Override
  public boolean isSeenAtEnd(Flow flow) {
    long[] durations = durations(flow);
    if (!repeats || durations.length == 0 || flow.dueNs() == NEVER) {
      return false;
    }
    long last = durations[durations.length - 1];
    return flow.lastNs - flow.startNs >= last && flow.lastNs > flow.dueNs() - last;
  }

  private void onLong(LogRecord flow) {
    if (!raises) {
      return;
    }
    long durationNs = flow.number("duration");
    double seconds = durationNs == LogSchema.UNSET ? 0 : durationNs / NS_PER_SECOND;
    String protocol = flow.textOrEmpty("proto");
    notices.emit(
        Notice.of(
                NOTE,
                flow.textOrEmpty("id.orig_h")
                    + " -> "
                    + flow.textOrEmpty("id.resp_h")
                    + ':'
                    + flow.number("id.resp_p")
                    + '/'
                    + (protocol.startsWith("unknown") ? "unknown" : protocol)
                    + " remained alive for longer than "
                    + Texts.minutesSeconds(durationNs))
            .sub(String.format(Locale.ROOT, "%.2f", seconds))
            .connection(flow));
  }
}
