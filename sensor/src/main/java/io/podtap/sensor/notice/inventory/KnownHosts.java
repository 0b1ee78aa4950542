/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.inventory;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.Detection;
import io.podtap.sensor.notice.DetectionContext;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.DetectionValues;
import io.podtap.sensor.notice.Site;
import io.podtap.sensor.notice.Subscriptions;
import io.podtap.sensor.notice.filter.Repeats;
import io.podtap.sensor.sink.LogStream;

/** {@code known_hosts.log}: hosts that have completed a TCP handshake, each once a day. */
public final class KnownHosts implements Detection {

  /** The declaration. */
  public static final DetectionKind KIND =
      DetectionKind.named("known-hosts", "Lists hosts that have completed a TCP handshake.")
          .hosts("known.host_tracking", "local", "Hosts that are listed.")
          .log("known_hosts")
          .starts(KnownHosts::new)
          .build();

  static final long DAY_NS = 86_400_000_000_000L;
  private static final long BYTES_MAX = 8 << 20;

  private record Row(long timeNs, String host) implements HostRow {}

  private final AgeTable<String, Boolean> known = new AgeTable<>(BYTES_MAX, DAY_NS, value -> 0);
  private final Repeats repeats = new Repeats();
  private final LogStream<Row> log;
  private final Site site;
  private final DetectionValues.Hosts tracked;

  private KnownHosts(DetectionContext context) {
    site = context.site();
    tracked = context.options().hosts("known.host_tracking");
    log =
        context.open(
            HostRow.<Row>begin(
                    "known_hosts",
                    "One record for each host, once a day.",
                    "When its first handshake was complete.",
                    "Its address.")
                .build());
  }

  @Override
  public void subscribe(Subscriptions records) {
    records.on("connection_established", this::onEstablished);
  }

  private void onEstablished(LogRecord event) {
    String originator = event.textOrEmpty("id.orig_h");
    String responder = event.textOrEmpty("id.resp_h");
    if (!repeats.isRepeated(originator, responder, /* number= */ 0, event.nowNs())) {
      note(originator, event.nowNs());
      note(responder, event.nowNs());
    }
  }

  private void note(String host, long nowNs) {
    if (site.isIn(tracked, host) && known.get(host, nowNs) == null) {
      known.put(host, true, nowNs);
      log.write(new Row(nowNs, host));
    }
  }

  @Override
  public long heldBytes() {
    return known.bytes();
  }

  @Override
  public long evicted() {
    return known.evicted();
  }
}
