/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ocsp;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.der.DerElement;
import io.podtap.sensor.parse.der.DerException;
import io.podtap.sensor.parse.files.AnalyzedFile;
import io.podtap.sensor.parse.files.FileReader;
import io.podtap.sensor.sink.LogStream;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Puts one answer together and reads it when it is complete.
 *
 * @see "RFC 6960 section 4.2.1"
 */
final class OcspReader implements FileReader {

  /** An answer with a chain of certificates is some 5 KiB. */
  private static final int ANSWER_BYTES_MAX = 64 << 10;

  private static final int RECORDS_MAX = 256;

  private final LogStream<OcspRow> log;
  private final AnalyzedFile file;
  private final Gather gather;
  private boolean isWhole = true;

  OcspReader(LogStream<OcspRow> log, AnalyzedFile file, HeapAccount account) {
    this.log = log;
    this.file = file;
    this.gather = new Gather(ANSWER_BYTES_MAX, account);
  }

  @Override
  public boolean data(Payload data) {
    gather.peek(data, ANSWER_BYTES_MAX + 1); // never complete: the end tells how long it is
    return !gather.isFull();
  }

  @Override
  public boolean gap(long length) {
    isWhole = false;
    return false;
  }

  @Override
  public void end() {
    if (isWhole) {
      answer(gather.waiting());
    }
    gather.clear();
  }

  private void answer(Payload data) {
    Payload basic;
    try {
      Payload response = DerElement.take(data, DerElement.SEQUENCE).content();
      DerElement.take(response, DerElement.ENUMERATED);
      if (response.isEmpty()) {
        return; // a refusal says nothing of a certificate
      }
      Payload typed =
          DerElement.take(
                  DerElement.take(response, DerElement.context(0, true)).content(),
                  DerElement.SEQUENCE)
              .content();
      DerElement.take(typed, DerElement.OBJECT_IDENTIFIER);
      basic = DerElement.take(typed, DerElement.OCTET_STRING).content();
    } catch (DerException e) {
      file.weird("openssl_ocsp_response_parse_error", "");
      return;
    }
    try {
      basic(basic);
    } catch (DerException e) {
      gather.clear(); // what could be read has its records
    }
  }

  private void basic(Payload data) throws DerException {
    Payload signed = DerElement.take(data, DerElement.SEQUENCE).content();
    Payload said = DerElement.take(signed, DerElement.SEQUENCE).content();
    if (DerElement.isNext(said, DerElement.context(0, true))) {
      DerElement.take(said); // version
    }
    DerElement.take(said); // who answers
    DerElement.take(said, DerElement.GENERALIZED_TIME);
    Payload records = DerElement.take(said, DerElement.SEQUENCE).content();
    for (int i = 0; i < RECORDS_MAX && !records.isEmpty(); i++) {
      log.write(row(DerElement.take(records, DerElement.SEQUENCE).content()));
    }
  }

  private OcspRow row(Payload single) throws DerException {
    Payload id = DerElement.take(single, DerElement.SEQUENCE).content();
    Payload algorithm = DerElement.take(id, DerElement.SEQUENCE).content();
    String hash = hashName(DerElement.take(algorithm).objectIdentifier());
    String nameHash = hex(DerElement.take(id, DerElement.OCTET_STRING));
    String keyHash = hex(DerElement.take(id, DerElement.OCTET_STRING));
    String serial = DerElement.take(id, DerElement.INTEGER).hexNumber();
    DerElement status = DerElement.take(single);
    long revokedNs = LogSchema.UNSET;
    String reason = null;
    if (status.tag() == DerElement.context(1, true)) {
      Payload revoked = status.content();
      revokedNs = ns(DerElement.take(revoked, DerElement.GENERALIZED_TIME));
      if (!revoked.isEmpty()) {
        Payload why = DerElement.take(revoked, DerElement.context(0, true)).content();
        reason = reasonName((int) DerElement.take(why, DerElement.ENUMERATED).number());
      }
    }
    long thisUpdateNs = ns(DerElement.take(single, DerElement.GENERALIZED_TIME));
    long nextUpdateNs = LogSchema.UNSET;
    if (DerElement.isNext(single, DerElement.context(0, true))) {
      Payload next = DerElement.take(single).content();
      nextUpdateNs = ns(DerElement.take(next, DerElement.GENERALIZED_TIME));
    }
    return new OcspRow(
        file.startNs(),
        file.fuid(),
        hash,
        nameHash,
        keyHash,
        serial,
        statusName(status.tag()),
        revokedNs,
        reason,
        thisUpdateNs,
        nextUpdateNs);
  }

  private static String statusName(int tag) throws DerException {
    return switch (tag & 0x1F) {
      case 0 -> "good";
      case 1 -> "revoked";
      case 2 -> "unknown";
      default -> throw new DerException("unknown status");
    };
  }

  private static long ns(DerElement time) throws DerException {
    return TimeUnit.SECONDS.toNanos(time.time());
  }

  private static String hex(DerElement bytes) {
    String digits = HexFormat.of().withUpperCase().formatHex(bytes.bytes());
    return digits.isEmpty() ? "0" : digits; // as OpenSSL prints it
  }

  private static String hashName(String objectIdentifier) {
    return switch (objectIdentifier) {
      case "1.3.14.3.2.26" -> "sha1";
      case "1.2.840.113549.2.5" -> "md5";
      case "2.16.840.1.101.3.4.2.1" -> "sha256";
      case "2.16.840.1.101.3.4.2.2" -> "sha384";
      case "2.16.840.1.101.3.4.2.3" -> "sha512";
      case "2.16.840.1.101.3.4.2.4" -> "sha224";
      case "2.16.840.1.101.3.4.2.8" -> "sha3-256";
      default -> objectIdentifier;
    };
  }

  /** Returns a reason as OpenSSL names it (RFC 5280 section 5.3.1). */
  private static @Nullable String reasonName(int number) {
    return switch (number) {
      case 0 -> "unspecified";
      case 1 -> "keyCompromise";
      case 2 -> "cACompromise";
      case 3 -> "affiliationChanged";
      case 4 -> "superseded";
      case 5 -> "cessationOfOperation";
      case 6 -> "certificateHold";
      case 8 -> "removeFromCRL";
      case 9 -> "privilegeWithdrawn";
      case 10 -> "aACompromise";
      default -> "(UNKNOWN)";
    };
  }
}
