/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.inventory;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.Detection;
import io.podtap.sensor.notice.DetectionContext;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.DetectionValues;
import io.podtap.sensor.notice.Site;
import io.podtap.sensor.notice.Subscriptions;
import io.podtap.sensor.notice.filter.Repeats;
import io.podtap.sensor.sink.LogStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.StringTokenizer;

/**
 * {@code known_services.log}: ports at which hosts answer, and the protocols there, each once a
 * day.
 */
public final class KnownServices implements Detection {

  /** The declaration. */
  public static final DetectionKind KIND =
      DetectionKind.named("known-services", "Lists ports at which hosts answer.")
          .hosts("known.service_tracking", "local", "Hosts that are listed.")
          .truth(
              "known.service_udp_requires_response",
              true,
              "Whether a UDP port is a service only once it has answered.")
          .log("known_services")
          .starts(KnownServices::new)
          .build();

  /** Connections that control connections announce are no services. */
  private static final String FTP_DATA = "FTP_DATA";

  private static final long BYTES_MAX = 8 << 20;
  private static final long FLOWS_BYTES_MAX = 4 << 20;
  private static final List<String> SERVER_STATES = List.of("S1", "SF", "S2", "S3", "RSTO", "RSTR");

  private record Row(long timeNs, String host, long port, String proto, Set<String> services)
      implements HostRow {}

  private final AgeTable<String, Set<String>> known =
      new AgeTable<>(BYTES_MAX, KnownHosts.DAY_NS, KnownServices::bytesOf);

  /** Flows whose services were listed when they were confirmed. */
  private final AgeTable<String, Boolean> done =
      new AgeTable<>(FLOWS_BYTES_MAX, KnownHosts.DAY_NS, value -> 0);

  private final Repeats repeats = new Repeats();
  private final LogStream<Row> log;
  private final Site site;
  private final DetectionValues.Hosts tracked;
  private final boolean answerNeeded;
  private boolean ending;

  private KnownServices(DetectionContext context) {
    site = context.site();
    tracked = context.options().hosts("known.service_tracking");
    answerNeeded = context.options().isTrue("known.service_udp_requires_response");
    log = context.open(schema());
  }

  private static LogSchema<Row> schema() {
    return HostRow.<Row>begin(
            "known_services",
            "One record for each port and the protocols found there, once a day.",
            "When the protocols were recognized, or the connection ended.",
            "The server's address.")
        .port("port_num", "The server's port.", Row::port)
        .enumeration(
            "port_proto",
            "tcp or udp.",
            (row, out) -> {
              out.latin1(row.proto());
              return true;
            })
        .wireSet("service", "Protocols; an empty text where none was recognized.", Row::services)
        .build();
  }

  private static long bytesOf(Set<String> services) {
    return 64 + 96L * services.size();
  }

  @Override
  public void subscribe(Subscriptions records) {
    records
        .on("protocol_confirmed", event -> onConfirmed(event, event.textOrEmpty("value")))
        .on("http_server", event -> onConfirmed(event, "HTTP"))
        .on("conn", this::onConnection);
  }

  @Override
  public void ending() {
    ending = true;
  }

  private void onConfirmed(LogRecord event, String names) {
    if (!event.isTrue("answered") && (answerNeeded || event.textOrEmpty("proto").equals("tcp"))) {
      return; // too early: the end of the connection tells
    }
    if (note(event, names)) {
      done.put(event.textOrEmpty("uid"), true, event.nowNs());
    }
  }

  private static Set<String> elements(String names) {
    Set<String> services = new LinkedHashSet<>();
    StringTokenizer tokens = new StringTokenizer(names, ",");
    while (tokens.hasMoreTokens()) {
      services.add(tokens.nextToken());
    }
    if (services.isEmpty()) {
      services.add("");
    }
    return services;
  }

  private void onConnection(LogRecord flow) {
    String uid = flow.textOrEmpty("uid");
    if (done.get(uid, flow.nowNs()) != null) {
      done.remove(uid);
      return;
    }
    boolean isService =
        switch (flow.textOrEmpty("proto")) {
          case "tcp" ->
              SERVER_STATES.contains(flow.textOrEmpty("conn_state"))
                  || flow.textOrEmpty("history").indexOf('h') >= 0
                  || isMiddle(flow);
          case "udp" -> !answerNeeded || flow.number("resp_pkts") > 0;
          default -> false;
        };
    if (isService) {
      String names = ServiceNames.analyzers(flow.textOrEmpty("service"));
      if (names.isEmpty() && ending) {
        return; // a protocol may have been recognized later
      }
      note(flow, names);
    }
  }

  /** A connection whose beginning was not seen, and whose responder has sent. */
  private static boolean isMiddle(LogRecord flow) {
    return flow.textOrEmpty("conn_state").equals("OTH") && flow.number("resp_pkts") > 0;
  }

  /** Lists what is new; returns whether the services count. */
  private boolean note(LogRecord flow, String names) {
    String host = flow.textOrEmpty("id.resp_h");
    if (!site.isIn(tracked, host) || names.equals(FTP_DATA)) {
      return false;
    }
    long port = flow.number("id.resp_p");
    String proto = flow.textOrEmpty("proto");
    if (repeats.isRepeated(host, names, port << 1 | (proto.equals("tcp") ? 1 : 0), flow.nowNs())) {
      return true;
    }
    Set<String> services = elements(names);
    String key = host + ' ' + port + '/' + proto;
    Set<String> before = known.get(key, flow.nowNs(), LinkedHashSet::new);
    Set<String> added = new LinkedHashSet<>(services);
    added.removeAll(before);
    if (!added.isEmpty()) {
      before.addAll(added);
      known.resized(key);
      log.write(new Row(flow.nowNs(), host, port, proto, added));
    }
    return true;
  }

  @Override
  public long heldBytes() {
    return known.bytes() + done.bytes();
  }

  @Override
  public long evicted() {
    return known.evicted() + done.evicted();
  }
}
