/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.notice.Detection;
import io.podtap.sensor.notice.DetectionContext;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.DetectionValues;
import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.Notices;
import io.podtap.sensor.notice.Site;
import io.podtap.sensor.notice.Subscriptions;
import io.podtap.sensor.notice.inventory.SeenCertificates;

/** Certificates of servers that are out of date. */
public final class CertificateDates implements Detection {

  private static final String EXPIRED = "SSL::Certificate_Expired";
  private static final String SOON = "SSL::Certificate_Expires_Soon";
  private static final String EARLY = "SSL::Certificate_Not_Valid_Yet";
  private static final long DAY_NS = 86_400_000_000_000L;

  /** The declaration. */
  public static final DetectionKind KIND =
      DetectionKind.named(
              "certificate-dates", "Finds certificates of servers that are out of date.")
          .hosts("ssl.notify_certs_expiration", "local", "Servers whose certificates are checked.")
          .seconds(
              "ssl.notify_when_cert_expiring_in", 2_592_000, "Time before the end for a notice.")
          .notice(
              EXPIRED,
              "A server uses a certificate that has expired.",
              "The clock of the node that captured may be wrong.",
              "Renew the certificate; see why it was not renewed by itself.",
              "known_certs.log and x509.log: the certificate; ssl.log: clients that accept it.")
          .notice(
              SOON,
              "A server uses a certificate that expires soon.",
              "Certificates that live for days are always about to expire: lower"
                  + " ssl.notify_when_cert_expiring_in.",
              "Renew the certificate.",
              "known_certs.log and x509.log: the certificate.")
          .notice(
              EARLY,
              "A server uses a certificate that is not valid yet.",
              "The clock of the node that captured, or of the authority, may be wrong.",
              "Compare the clocks.",
              "known_certs.log and x509.log: the certificate.")
          .starts(CertificateDates::new)
          .build();

  private final SeenCertificates certificates = new SeenCertificates();
  private final Notices notices;
  private final Site site;
  private final DetectionValues.Hosts checked;
  private final long soonNs;

  private CertificateDates(DetectionContext context) {
    notices = context.notices();
    site = context.site();
    checked = context.options().hosts("ssl.notify_certs_expiration");
    soonNs = context.options().ns("ssl.notify_when_cert_expiring_in");
  }

  @Override
  public void subscribe(Subscriptions records) {
    certificates.subscribe(records);
    records.on("ssl", this::onTls);
  }

  private void onTls(LogRecord ssl) {
    SeenCertificates.Certificate certificate = certificates.ofServer(ssl);
    if (certificate == null
        || !ssl.isTrue("established")
        || !site.isIn(checked, ssl.textOrEmpty("id.resp_h"))) {
      return;
    }
    long nowNs = ssl.nowNs();
    String subject = "Certificate " + certificate.subject();
    if (certificate.notBeforeNs() > nowNs) {
      emit(
          EARLY,
          subject + " isn't valid until " + Texts.time(certificate.notBeforeNs()),
          ssl,
          certificate);
    } else if (certificate.notAfterNs() < nowNs) {
      emit(
          EXPIRED,
          subject + " expired at " + Texts.time(certificate.notAfterNs()),
          ssl,
          certificate);
    } else if (certificate.notAfterNs() - soonNs < nowNs) {
      emit(
          SOON,
          subject + " is going to expire at " + Texts.time(certificate.notAfterNs()),
          ssl,
          certificate);
    }
  }

  private void emit(
      String note, String message, LogRecord ssl, SeenCertificates.Certificate certificate) {
    notices.emit(
        Notice.of(note, message)
            .connection(ssl)
            .suppressFor(DAY_NS)
            .identifier(
                ssl.textOrEmpty("id.resp_h"),
                Long.toString(ssl.number("id.resp_p")),
                certificate.fingerprint()));
  }

  @Override
  public long heldBytes() {
    return certificates.bytes();
  }

  @Override
  public long evicted() {
    return certificates.evicted();
  }
}
