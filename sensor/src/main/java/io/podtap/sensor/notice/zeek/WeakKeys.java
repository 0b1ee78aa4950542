/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import io.podtap.core.config.SettingsException;
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
import java.util.List;

/** Servers with weak keys, old versions or weak ciphers of TLS. */
public final class WeakKeys implements Detection {

  private static final String KEY = "SSL::Weak_Key";
  private static final String VERSION = "SSL::Old_Version";
  private static final String CIPHER = "SSL::Weak_Cipher";
  private static final long DAY_NS = 86_400_000_000_000L;

  /** In the order of their age. */
  private static final List<String> VERSIONS =
      List.of("SSLv2", "SSLv3", "TLSv10", "TLSv11", "TLSv12", "TLSv13");

  /** The declaration. */
  public static final DetectionKind KIND =
      DetectionKind.named("weak-keys", "Finds servers with weak keys, versions or ciphers of TLS.")
          .hosts("ssl.notify_weak_keys", "local", "Servers that are checked.")
          .count("ssl.notify_minimal_key_length", 2_048, "Bits below which a key is weak.")
          .truth(
              "ssl.notify_dh_length_shorter_cert_length",
              true,
              "Whether Diffie-Hellman parameters shorter than the certificate's key are weak.")
          .text("ssl.tls_minimum_version", "TLSv10", "Version below which one is old.")
          .texts("ssl.unsafe_ciphers", "_EXPORT_,_RC4_", "Parts of names of weak cipher suites.")
          .notice(
              KEY,
              "A server's certificate or its Diffie-Hellman parameters have few bits.",
              "Devices that cannot be changed.",
              "Issue a new key; configure longer parameters, or elliptic curves.",
              "x509.log: certificate.key_length; ssl.log by uid: cipher and curve.")
          .notice(
              VERSION,
              "A server chose an old version of TLS.",
              "Clients that cannot be changed ask for it.",
              "Raise the lowest version of the server.",
              "ssl.log, by server: which clients use which version.")
          .notice(
              CIPHER,
              "A server chose a weak cipher suite.",
              "Clients that cannot be changed ask for it.",
              "Remove the suite from the server's list.",
              "ssl.log, by server: cipher.")
          .starts(WeakKeys::new)
          .build();

  private final SeenCertificates certificates = new SeenCertificates();
  private final Notices notices;
  private final Site site;
  private final DetectionValues.Hosts checked;
  private final long bitsMin;
  private final boolean compared;
  private final int versionMin;
  private final List<String> unsafe;

  private WeakKeys(DetectionContext context) {
    notices = context.notices();
    site = context.site();
    DetectionValues options = context.options();
    checked = options.hosts("ssl.notify_weak_keys");
    bitsMin = options.count("ssl.notify_minimal_key_length");
    compared = options.isTrue("ssl.notify_dh_length_shorter_cert_length");
    String version = options.text("ssl.tls_minimum_version");
    versionMin = VERSIONS.indexOf(version);
    if (versionMin < 0) {
      throw new SettingsException(
          "invalid version '" + version + "' of TLS: " + String.join(", ", VERSIONS));
    }
    unsafe = options.texts("ssl.unsafe_ciphers");
  }

  @Override
  public void subscribe(Subscriptions records) {
    certificates.subscribe(records);
    records.on("ssl", this::onTls).on("ssl_dh_params", this::onParameters);
  }

  private void onParameters(LogRecord parameters) {
    if (!site.isIn(checked, parameters.textOrEmpty("id.resp_h"))) {
      return;
    }
    long bits = parameters.number("number");
    if (bits < bitsMin) {
      emit(
          parameters,
          Notice.of(KEY, "Host uses weak DH parameters with " + bits + " key bits"),
          "" + bits);
    }
    SeenCertificates.Certificate certificate =
        certificates.of(parameters.textOrEmpty("value"), parameters.nowNs());
    if (compared
        && certificate != null
        && isCompared(certificate)
        && certificate.keyBits() > bits) {
      emit(
          parameters,
          Notice.of(
              KEY,
              "DH key length of "
                  + bits
                  + " bits is smaller certificate key length of "
                  + certificate.keyBits()
                  + " bits"),
          "");
    }
  }

  private static boolean isCompared(SeenCertificates.Certificate certificate) {
    return certificate.keyType().equals("rsa") || certificate.keyType().equals("dsa");
  }

  private void onTls(LogRecord ssl) {
    if (!site.isIn(checked, ssl.textOrEmpty("id.resp_h"))) {
      return;
    }
    String version = ssl.textOrEmpty("version");
    int known = VERSIONS.indexOf(version);
    if (known >= 0 && known < versionMin) {
      emit(
          ssl,
          Notice.of(
              VERSION,
              "Host uses protocol version "
                  + version
                  + " which is lower than the safe minimum "
                  + VERSIONS.get(versionMin)),
          "");
    }
    String cipher = ssl.textOrEmpty("cipher");
    for (String part : unsafe) {
      if (cipher.contains(part)) {
        emit(
            ssl,
            Notice.of(CIPHER, "Host established connection using unsafe cipher suite " + cipher),
            cipher);
        break;
      }
    }
    SeenCertificates.Certificate certificate = certificates.ofServer(ssl);
    if (certificate != null
        && ssl.isTrue("established")
        && isCompared(certificate)
        && certificate.keyBits() < bitsMin) {
      emit(
          ssl,
          Notice.of(KEY, "Host uses weak certificate with " + certificate.keyBits() + " bit key")
              .sub("Subject: " + certificate.subject())
              .file(null, null, "Fingerprint: " + certificate.fingerprint()),
          certificate.fingerprint() + certificate.keyBits());
    }
  }

  private void emit(LogRecord logged, Notice notice, String what) {
    notices.emit(
        notice
            .connection(logged)
            .suppressFor(DAY_NS)
            .identifier(
                logged.textOrEmpty("id.resp_h"), Long.toString(logged.number("id.resp_p")), what));
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
