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
import io.podtap.sensor.sink.LogStream;

/** {@code known_certs.log}: certificates that servers use, each once a day. */
public final class KnownCertificates implements Detection {

  /** The declaration. */
  public static final DetectionKind KIND =
      DetectionKind.named("known-certs", "Lists certificates that servers use.")
          .hosts("known.cert_tracking", "local", "Servers whose certificates are listed.")
          .log("known_certs")
          .starts(KnownCertificates::new)
          .build();

  private static final long BYTES_MAX = 4 << 20;

  private record Row(long timeNs, String host, long port, SeenCertificates.Certificate certificate)
      implements HostRow {}

  private final SeenCertificates certificates = new SeenCertificates();
  private final AgeTable<String, Boolean> known =
      new AgeTable<>(BYTES_MAX, KnownHosts.DAY_NS, value -> 0);
  private final LogStream<Row> log;
  private final Site site;
  private final DetectionValues.Hosts tracked;

  private KnownCertificates(DetectionContext context) {
    site = context.site();
    tracked = context.options().hosts("known.cert_tracking");
    log =
        context.open(
            HostRow.<Row>begin(
                    "known_certs",
                    "One record for each certificate of a server, once a day.",
                    "When a handshake with it was complete.",
                    "The server's address.")
                .port("port_num", "The server's port.", Row::port)
                .wire("subject", "Its subject.", row -> row.certificate().subject())
                .wire("issuer_subject", "Its issuer.", row -> row.certificate().issuer())
                .wire("serial", "Its serial number.", row -> row.certificate().serial())
                .build());
  }

  @Override
  public void subscribe(Subscriptions records) {
    certificates.subscribe(records);
    records.on("ssl", this::onTls);
  }

  private void onTls(LogRecord ssl) {
    String host = ssl.textOrEmpty("id.resp_h");
    SeenCertificates.Certificate certificate = certificates.ofServer(ssl);
    if (certificate == null || !ssl.isTrue("established") || !site.isIn(tracked, host)) {
      return;
    }
    String key = host + ' ' + certificate.fingerprint();
    if (known.get(key, ssl.nowNs()) == null) {
      known.put(key, true, ssl.nowNs());
      log.write(new Row(ssl.nowNs(), host, ssl.number("id.resp_p"), certificate));
    }
  }

  @Override
  public long heldBytes() {
    return known.bytes() + certificates.bytes();
  }

  @Override
  public long evicted() {
    return known.evicted() + certificates.evicted();
  }
}
