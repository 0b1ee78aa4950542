/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ntp;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;

/**
 * Reads the messages of one flow.
 *
 * <pre>
 *  0                   1                   2                   3
 * |LI | VN  |Mode |    Stratum    |     Poll      |   Precision   |
 * |  Root delay (4)  |  Root dispersion (4)  |  Reference id (4)  |
 * |  Reference, origin, receive, transmit timestamp (8 each)       |
 * |  Extension fields ...  |  Key id (4)  |  Digest (16 or 20)     |
 * </pre>
 *
 * @see "RFC 5905 sections 6, 7.3 and 7.5; RFC 7822"
 */
final class NtpParser implements DatagramParser {

  private static final int HEADER_LENGTH = 48;
  private static final int CONTROL_HEADER_LENGTH = 8;
  private static final int MODE_SERVER = 4;
  private static final int MODE_BROADCAST = 5;

  /** A digest of 20 bytes and its key: no more than this behind the header is no extension. */
  private static final int DIGEST_LENGTH_MAX = 24;

  private static final long SECONDS_1900_TO_1970 = 2_208_988_800L;
  private static final long NS_PER_SECOND = 1_000_000_000L;

  private final NtpProtocol protocol;
  private final Session session;
  private boolean responderHeard;

  NtpParser(NtpProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
  }

  @Override
  public void onDatagram(boolean fromOriginator, Payload data) {
    int first = data.u8(0);
    int version = first >>> 3 & 7;
    int mode = first & 7;
    boolean isTimed = mode >= 1 && mode <= MODE_BROADCAST;
    int needed = isTimed ? HEADER_LENGTH : CONTROL_HEADER_LENGTH;
    if (version < 1 || version > 4 || mode == 0 || data.length() < needed) {
      session.violation("not an NTP message");
      return;
    }
    if (mode == MODE_SERVER && fromOriginator && !responderHeard) {
      session.exchangeRoles(); // both ports are the same, and the answer was seen first
      responderHeard = true;
    }
    responderHeard |= !fromOriginator;
    session.confirm(NtpProtocol.SERVICE);
    if (isTimed) {
      protocol.log.write(row(data, version, mode));
    }
  }

  private NtpLog.Row row(Payload data, int version, int mode) {
    int stratum = data.u8(1);
    return new NtpLog.Row(
        session.flow(),
        session.nowNs(),
        version,
        mode,
        stratum,
        powerOfTwo(data.u8(2)),
        powerOfTwo((byte) data.u8(3)),
        shortFormat(data.u32(4)),
        shortFormat(data.u32(8)),
        reference(data, stratum),
        timestamp(data, 16),
        timestamp(data, 24),
        timestamp(data, 32),
        timestamp(data, 40),
        version == 4 ? extensions(data) : 0);
  }

  /** Returns 2 to the power of {@code exponent} seconds, or the longest time there is. */
  private static long powerOfTwo(int exponent) {
    return (long) (Math.scalb(1.0, exponent) * NS_PER_SECOND);
  }

  private static long shortFormat(long value) {
    return (value * NS_PER_SECOND) >>> 16;
  }

  /** Zero is not a time but says that there is none. */
  private static long timestamp(Payload data, int at) {
    long seconds = data.u32(at);
    long fraction = data.u32(at + 4);
    return seconds == 0 && fraction == 0
        ? 0
        : (seconds - SECONDS_1900_TO_1970) * NS_PER_SECOND + ((fraction * NS_PER_SECOND) >>> 32);
  }

  /** Of a server that follows another one: its address; else four letters. */
  private static String reference(Payload data, int stratum) {
    return stratum <= 1
        ? data.text(12, 4)
        : data.u8(12) + "." + data.u8(13) + "." + data.u8(14) + "." + data.u8(15);
  }

  private static int extensions(Payload data) {
    int count = 0;
    int at = HEADER_LENGTH;
    while (data.length() - at > DIGEST_LENGTH_MAX) {
      int length = data.u16(at + 2);
      if (length < 4 || length > data.length() - at) {
        break;
      }
      at += length;
      count++;
    }
    return count;
  }

  @Override
  public void onFlowEnd() {}
}
