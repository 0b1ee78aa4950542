/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.Detection;
import io.podtap.sensor.notice.DetectionContext;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.Notices;
import io.podtap.sensor.notice.Subscriptions;
import java.util.List;
import java.util.Locale;

/**
 * Heartbeats of TLS that ask for more than they send (CVE-2014-0160), in the clear by what they say
 * and encrypted by their lengths.
 *
 * @see "Zeek's policy/protocols/ssl/heartbleed.zeek; RFC 6520"
 */
public final class Heartbleed implements Detection {

  private static final String ATTACK = "Heartbleed::SSL_Heartbeat_Attack";
  private static final String SUCCESS = "Heartbleed::SSL_Heartbeat_Attack_Success";
  private static final String ODD_LENGTH = "Heartbleed::SSL_Heartbeat_Odd_Length";
  private static final String MANY = "Heartbleed::SSL_Heartbeat_Many_Requests";
  private static final String FALSE_BECAUSE =
      "DTLS uses heartbeats to keep a path alive and to find its MTU; over TCP hardly anything"
          + " does.";
  private static final String ACTION =
      "Find the version of the server's OpenSSL; if it is older than 1.0.1g, replace it, its keys"
          + " and every password that it has seen.";
  private static final String EVIDENCE = "ssl.log and conn.log by the uid: bytes that were sent.";

  /** The declaration. */
  public static final DetectionKind KIND =
      DetectionKind.named(
              "heartbleed",
              "Finds heartbeats of TLS that ask for memory of the other end (CVE-2014-0160).")
          .notice(
              ATTACK,
              "A heartbeat asks for more than it sends, or comes where no program sends one.",
              FALSE_BECAUSE,
              ACTION,
              EVIDENCE)
          .notice(
              SUCCESS,
              "A server answered such a heartbeat, or with more than it was sent.",
              FALSE_BECAUSE,
              ACTION,
              EVIDENCE)
          .notice(
              ODD_LENGTH,
              "An encrypted heartbeat is shorter than the smallest that the RFC allows.",
              FALSE_BECAUSE,
              ACTION,
              EVIDENCE)
          .notice(
              MANY,
              "One end sent several heartbeats that the other one did not answer.",
              FALSE_BECAUSE,
              ACTION,
              EVIDENCE)
          .starts(Heartbleed::new)
          .build();

  private static final int REQUEST = 1;
  private static final int RESPONSE = 2;

  /** Type, length and padding of a heartbeat. */
  private static final long HEAD_BYTES = 3 + 16;

  private static final long EARLY_NS = 60_000_000_000L;
  private static final long UNANSWERED_MAX = 3;
  private static final long AGAIN = 1_000;
  private static final double NS_PER_SECOND = 1e9;
  private static final long BYTES_MAX = 4 << 20;
  private static final long AGE_NS = 3_600_000_000_000L;
  private static final long NONE = -1;

  /** Bytes of the smallest heartbeat with a cipher whose name ends so. */
  private record Smallest(String cipher, long bytes) {}

  private static final List<Smallest> SINCE_TLS_11 =
      List.of(
          new Smallest("_AES_256_GCM_SHA384", 43),
          new Smallest("_AES_128_GCM_SHA256", 43),
          new Smallest("_256_CBC_SHA384", 96),
          new Smallest("_256_CBC_SHA256", 80),
          new Smallest("_256_CBC_SHA", 64),
          new Smallest("_128_CBC_SHA256", 80),
          new Smallest("_128_CBC_SHA", 64),
          new Smallest("_3DES_EDE_CBC_SHA", 48),
          new Smallest("_SEED_CBC_SHA", 64),
          new Smallest("_IDEA_CBC_SHA", 48),
          new Smallest("_DES_CBC_SHA", 48),
          new Smallest("_DES40_CBC_SHA", 48),
          new Smallest("_RC4_128_SHA", 39),
          new Smallest("_RC4_128_MD5", 35),
          new Smallest("_RC4_40_MD5", 35),
          new Smallest("_RC2_CBC_40_MD5", 48));

  private static final List<Smallest> BEFORE_TLS_11 =
      List.of(
          new Smallest("_256_CBC_SHA", 48),
          new Smallest("_128_CBC_SHA", 48),
          new Smallest("_3DES_EDE_CBC_SHA", 40),
          new Smallest("_SEED_CBC_SHA", 48),
          new Smallest("_IDEA_CBC_SHA", 40),
          new Smallest("_DES_CBC_SHA", 40),
          new Smallest("_DES40_CBC_SHA", 40),
          new Smallest("_RC4_128_SHA", 39),
          new Smallest("_RC4_128_MD5", 35),
          new Smallest("_RC4_40_MD5", 35),
          new Smallest("_RC2_CBC_40_MD5", 40));

  /** What one connection has sent of heartbeats. */
  private static final class Beats {
    boolean attacked;
    long ofClient;
    long ofServer;
    long clientRequestBytes = NONE;
    long serverRequestBytes = NONE;
  }

  private final AgeTable<String, Beats> connections = new AgeTable<>(BYTES_MAX, AGE_NS, _ -> 64);
  private final Notices notices;

  private Heartbleed(DetectionContext context) {
    notices = context.notices();
  }

  @Override
  public void subscribe(Subscriptions records) {
    records.on("ssl_heartbeat", this::onHeartbeat);
  }

  private void onHeartbeat(LogRecord beat) {
    Beats known = connections.get(beat.textOrEmpty("uid"), beat.nowNs(), Beats::new);
    boolean ofClient = beat.isTrue("is_client");
    long length = beat.number("length");
    if (beat.isTrue("encrypted")) {
      onEncrypted(beat, known, ofClient, length);
    } else {
      onClear(beat, known, ofClient, length);
    }
  }

  private void onClear(LogRecord beat, Beats known, boolean ofClient, long length) {
    long payload = beat.number("payload_length");
    long type = beat.number("type");
    String sizes = length + ". Payload length";
    if (type == REQUEST) {
      if (payload > (length < HEAD_BYTES ? length : length - HEAD_BYTES)) {
        known.attacked = true;
        emit(
            beat,
            Notice.of(
                ATTACK,
                "An TLS heartbleed attack was detected! Record length " + sizes + ' ' + payload),
            Long.toString(length) + payload);
      } else if (ofClient) {
        emit(
            beat,
            Notice.of(
                    ATTACK,
                    "Heartbeat request before encryption. Probable Scan without exploit attempt."
                        + " Message length: "
                        + sizes
                        + ": "
                        + payload)
                .count(length),
            Long.toString(length));
      }
    }
    if (type == RESPONSE && known.attacked) {
      emit(
          beat,
          Notice.of(
              SUCCESS,
              "An TLS heartbleed attack detected before was probably exploited. Message length: "
                  + sizes
                  + ": "
                  + payload),
          "");
    }
  }

  private void onEncrypted(LogRecord beat, Beats known, boolean ofClient, long length) {
    known.ofClient += ofClient ? 1 : 0;
    known.ofServer += ofClient ? 0 : 1;
    long ageNs = beat.nowNs() - beat.number("start");
    early(beat, ofClient, length, ageNs);
    unanswered(beat, known);
    odd(beat, ofClient, length, ageNs);
    answer(beat, known, ofClient, length, ageNs);
  }

  private void early(LogRecord beat, boolean ofClient, long length, long ageNs) {
    String tail = length + ", is_client: " + (ofClient ? 1 : 0);
    if (!beat.isTrue("data_seen")) {
      emit(
          beat,
          Notice.of(ATTACK, "Heartbeat before ciphertext. Probable attack or scan. Length: " + tail)
              .count(length),
          "early");
    } else if (ageNs < EARLY_NS) {
      emit(
          beat,
          Notice.of(
                  ATTACK,
                  "Heartbeat within first minute. Possible attack or scan. Length: "
                      + tail
                      + ", time: "
                      + Texts.interval(ageNs))
              .count(length),
          "early");
    }
  }

  private void unanswered(LogRecord beat, Beats known) {
    String counts = "Client count: " + known.ofClient + ", server count: " + known.ofServer;
    String again = Long.toString(known.ofServer / AGAIN);
    if (known.ofClient > known.ofServer + UNANSWERED_MAX) {
      emit(
          beat,
          Notice.of(
                  MANY,
                  "More than 3 heartbeat requests without replies from server. Possible attack. "
                      + counts)
              .count(known.ofClient - known.ofServer),
          again);
    }
    if (known.ofServer > known.ofClient + UNANSWERED_MAX) {
      emit(
          beat,
          Notice.of(
                  MANY,
                  "Server sending more heartbeat responses than requests seen. Possible attack. "
                      + counts)
              .count(known.ofServer - known.ofClient),
          again);
    }
  }

  private void odd(LogRecord beat, boolean ofClient, long length, long ageNs) {
    String cipher = beat.textOrEmpty("cipher");
    String identifier = "-weak-" + length;
    if (ofClient && length < HEAD_BYTES) {
      emit(
          beat,
          Notice.of(
                  ODD_LENGTH,
                  "Heartbeat message smaller than minimum required length. Probable attack or scan."
                      + " Message length: "
                      + length
                      + ". Cipher: "
                      + cipher
                      + ". Time: "
                      + seconds(ageNs))
              .count(length),
          identifier);
    }
    String version = beat.textOrEmpty("version");
    boolean isNew = version.equals("TLSv11") || version.equals("TLSv12");
    for (Smallest smallest : isNew ? SINCE_TLS_11 : BEFORE_TLS_11) {
      if (cipher.endsWith(smallest.cipher())) {
        if (length < smallest.bytes()) {
          emit(
              beat,
              Notice.of(ODD_LENGTH, oddLength(length, smallest, cipher)).count(length),
              identifier);
        }
        return;
      }
    }
  }

  private static String oddLength(long length, Smallest smallest, String cipher) {
    return "Heartbeat message smaller than minimum required length. Probable attack. Message"
        + " length: "
        + length
        + ". Required length: "
        + smallest.bytes()
        + ". Cipher: "
        + cipher
        + ". Cipher match: /^?("
        + smallest.cipher()
        + "$)$?/";
  }

  /** Compares an answer with what it answers; the first of a pair is taken for the request. */
  private void answer(LogRecord beat, Beats known, boolean ofClient, long length, long ageNs) {
    if (ofClient) {
      known.clientRequestBytes =
          known.serverRequestBytes == NONE ? length : known.clientRequestBytes;
      known.serverRequestBytes = NONE;
      return;
    }
    if (known.clientRequestBytes == NONE) {
      known.serverRequestBytes = length;
      return;
    }
    if (known.clientRequestBytes < length) {
      emit(
          beat,
          Notice.of(
              SUCCESS,
              "An encrypted TLS heartbleed attack was probably detected! First packet client record"
                  + " length "
                  + known.clientRequestBytes
                  + ", first packet server record length "
                  + length
                  + ". Time: "
                  + seconds(ageNs)),
          "");
    }
    known.clientRequestBytes = NONE;
  }

  private static String seconds(long ns) {
    return String.format(Locale.ROOT, "%.6f", ns / NS_PER_SECOND);
  }

  private void emit(LogRecord beat, Notice notice, String what) {
    notices.emit(notice.connection(beat).identifier(beat.textOrEmpty("uid") + what));
  }

  @Override
  public long heldBytes() {
    return connections.bytes();
  }

  @Override
  public long evicted() {
    return connections.evicted();
  }
}
