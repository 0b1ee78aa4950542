/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import io.podtap.sensor.dispatch.Protocols;
import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.Detection;
import io.podtap.sensor.notice.DetectionContext;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.Notices;
import io.podtap.sensor.notice.Subscriptions;
import io.podtap.sensor.protocol.Transport;
import java.util.StringTokenizer;

/** Protocols at ports that are not theirs. */
public final class OddPorts implements Detection {

  private static final String FOUND = "ProtocolDetector::Protocol_Found";
  private static final String SERVER = "ProtocolDetector::Server_Found";

  /** The declaration. */
  public static final DetectionKind KIND =
      DetectionKind.named("protocol-on-odd-port", "Finds protocols at ports that are not theirs.")
          .onlyByName()
          .seconds("protocoldetector.minimum_duration", 30, "Not used: a connection counts once.")
          .count("protocoldetector.minimum_volume", 4_000, "Not used: a connection counts once.")
          .seconds("protocoldetector.check_interval", 5, "Not used: a connection counts once.")
          .notice(
              FOUND,
              "A connection carries a protocol at a port that is not one of its own.",
              "In a cluster most services have ports of their own choice.",
              "Useful where ports are fixed by policy: compare with the ports of the workload.",
              "conn.log, by uid: service, and who opened the connection.")
          .notice(
              SERVER,
              "A server offers a protocol at a port that is not one of its own.",
              "In a cluster most services have ports of their own choice.",
              "Check whether the workload is meant to serve this protocol.",
              "known_services.log of the host.")
          .starts(OddPorts::new)
          .build();

  private static final long BYTES_MAX = 4 << 20;
  private static final long AGE_NS = 14L * 86_400_000_000_000L;

  private final AgeTable<String, Boolean> servers = new AgeTable<>(BYTES_MAX, AGE_NS, value -> 0);
  private final Notices notices;

  private OddPorts(DetectionContext context) {
    notices = context.notices();
  }

  @Override
  public void subscribe(Subscriptions records) {
    records.on("conn", this::onConnection);
  }

  private void onConnection(LogRecord flow) {
    String services = flow.textOrEmpty("service");
    if (services.isEmpty() || flow.number("orig_bytes") <= 0 || flow.number("resp_bytes") <= 0) {
      return;
    }
    Transport transport = flow.textOrEmpty("proto").equals("tcp") ? Transport.TCP : Transport.UDP;
    StringTokenizer names = new StringTokenizer(services, ",");
    while (names.hasMoreTokens()) {
      String name = names.nextToken();
      if (!Protocols.isOwnPort(name, transport, (int) flow.number("id.resp_p"))) {
        report(flow, Protocols.analyzer(name));
      }
    }
  }

  private void report(LogRecord flow, String analyzer) {
    String server = flow.textOrEmpty("id.resp_h");
    String port = flow.number("id.resp_p") + "/" + flow.textOrEmpty("proto");
    String connection =
        withPort(flow.textOrEmpty("id.orig_h"), flow.number("id.orig_p"))
            + " > "
            + withPort(server, flow.number("id.resp_p"));
    notices.emit(
        Notice.of(FOUND, connection + ' ' + analyzer + " on port " + port)
            .sub(analyzer)
            .connection(flow));
    String key = server + ' ' + port + ' ' + analyzer;
    if (servers.get(key, flow.nowNs()) == null) {
      notices.emit(
          Notice.of(SERVER, server + ": " + analyzer + " server on port " + port)
              .sub(analyzer)
              .source(server)
              .connection(flow));
    }
    servers.put(key, true, flow.nowNs());
  }

  private static String withPort(String address, long port) {
    return address.indexOf(':') < 0 ? address + ':' + port : '[' + address + "]:" + port;
  }

  @Override
  public long heldBytes() {
    return servers.bytes();
  }

  @Override
  public long evicted() {
    return servers.evicted();
  }
}
