/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ntlm;

import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.MessageParser;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import org.jspecify.annotations.Nullable;

/**
 * Reads the three messages of a login.
 *
 * <pre>
 *   0        8        12
 *  +--------+--------+----------------------------------------------+-----------+
 *  |NTLMSSP0|  type  | fields: length (2) room (2) offset (4), ...  | payload   |
 *  +--------+--------+----------------------------------------------+-----------+
 * </pre>
 *
 * A message with a field outside of itself is left out, as Zeek does.
 *
 * @see "[MS-NLMP] 2.2.1, 2.2.2.1"
 */
final class NtlmParser implements MessageParser {

  /** What Zeek says of a name that ends behind half a character. */
  private static final String CONVERSION_FAILED = "utf16 conversion failed in utf16_to_utf8_val";

  private static final int NEGOTIATE = 1;
  private static final int CHALLENGE = 2;
  private static final int AUTHENTICATE = 3;
  private static final int TYPE = 8;
  private static final int FIELD_BYTES = 8;

  private static final long FLAG_TARGET_NAME = 0x0000_0004;
  private static final long FLAG_DOMAIN = 0x0000_1000;
  private static final long FLAG_WORKSTATION = 0x0000_2000;
  private static final long FLAG_TARGET_INFORMATION = 0x0080_0000;

  private static final int END_OF_PAIRS = 0;
  private static final int NETBIOS_COMPUTER = 1;
  private static final int DNS_COMPUTER = 3;
  private static final int DNS_TREE = 5;
  private static final int LAST_PAIR = 10;

  /** Bytes of a name that are kept, in UTF-16. */
  private static final int NAME_BYTES_MAX = 1_024;

  private final NtlmProtocol protocol;
  private final Session session;
  private final HeldHeap held;
  private @Nullable NtlmRow row;
  private boolean logged;

  NtlmParser(NtlmProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.held = new HeldHeap(session.account());
  }

  @Override
  public void onMessage(boolean fromOriginator, Payload message) {
    if (message.u32Little(TYPE) < 0) {
      return;
    }
    boolean isWhole =
        switch ((int) message.u32Little(TYPE)) {
          case NEGOTIATE -> negotiate(message);
          case CHALLENGE -> challenge(message);
          case AUTHENTICATE -> authenticate(message);
          default -> true; // a signature of a message of the carrier
        };
    if (isWhole) {
      session.confirm(Service.NTLM);
      held.set(row == null || logged ? 0 : row.heapBytes());
    }
  }

  private NtlmRow row() {
    NtlmRow known = row;
    if (known == null) {
      known = new NtlmRow(session.flow(), session.nowNs());
      row = known;
    }
    return known;
  }

  private boolean negotiate(Payload message) {
    long flags = message.u32Little(12);
    boolean isWhole =
        flags >= 0
            && ((flags & FLAG_DOMAIN) == 0 || holds(message, 16, 32))
            && ((flags & FLAG_WORKSTATION) == 0 || holds(message, 24, 32))
            && message.length() >= 32;
    if (isWhole) {
      row();
    }
    return isWhole;
  }

  /** Returns whether the field at {@code at} lies inside the message, behind the fixed part. */
  private static boolean holds(Payload message, int at, int payloadAt) {
    long from = message.u32Little(at + 4);
    return from >= 0 && Math.max(from, payloadAt) + message.u16Little(at) <= message.length();
  }

  private @Nullable String text(Payload message, int at, int payloadAt) {
    int length = message.u16Little(at);
    int from = (int) Math.max(message.u32Little(at + 4), payloadAt);
    return length <= 0 ? null : wideText(message, from, length);
  }

  private String wideText(Payload message, int at, int length) {
    if (message.isWideTextCut(at, length)) {
      session.weird("utf16_conversion_failed", CONVERSION_FAILED, /* source= */ "");
    }
    return message.wideText(at, Math.min(length, NAME_BYTES_MAX));
  }

  private boolean challenge(Payload message) {
    long flags = message.u32Little(20);
    boolean isWhole =
        message.length() >= 48 && ((flags & FLAG_TARGET_NAME) == 0 || holds(message, 12, 48));
    if (!isWhole) {
      return false;
    }
    if ((flags & FLAG_TARGET_INFORMATION) == 0) {
      row();
      return true;
    }
    long from = Math.max(48, message.u32Little(44));
    Payload pairs =
        new Payload().wrap(message, (int) Math.min(from, Integer.MAX_VALUE), message.length());
    if (from > message.length() || !arePairs(pairs)) {
      return false;
    }
    NtlmRow known = row();
    for (; pairs.u16Little(0) > END_OF_PAIRS; pairs.skip(4 + pairs.u16Little(2))) {
      String value = wideText(pairs, 4, pairs.u16Little(2));
      switch (pairs.u16Little(0)) {
        case NETBIOS_COMPUTER -> known.serverName = value;
        case DNS_COMPUTER -> known.serverDnsName = value;
        case DNS_TREE -> known.serverTree = value;
        default -> {}
      }
    }
    return true;
  }

  /**
   * Returns whether there are pairs of a number, a length and a value up to the number zero or the
   * end of the message.
   */
  private static boolean arePairs(Payload message) {
    Payload pairs = new Payload().wrap(message, 0, message.length());
    while (!pairs.isEmpty() && pairs.u16Little(0) != END_OF_PAIRS) {
      int length = pairs.u16Little(2);
      if (length < 0 || 4 + length > pairs.length() || pairs.u16Little(0) > LAST_PAIR) {
        return false;
      }
      pairs.skip(4 + length);
    }
    return true;
  }

  private boolean authenticate(Payload message) {
    int fixed = 64;
    if (message.length() < fixed) {
      return false;
    }
    for (int at = 20; at < fixed - 4; at += FIELD_BYTES) {
      if (message.u16Little(at) > 0 && !holds(message, at, fixed)) {
        return false;
      }
    }
    NtlmRow known = row();
    known.domain = orBefore(text(message, 28, fixed), known.domain);
    known.user = orBefore(text(message, 36, fixed), known.user);
    known.workstation = orBefore(text(message, 44, fixed), known.workstation);
    return true;
  }

  private static @Nullable String orBefore(@Nullable String text, @Nullable String before) {
    return text != null ? text : before;
  }

  @Override
  public void onLoginEnd(boolean accepted) {
    NtlmRow known = row;
    if (known != null && !logged) {
      known.success = accepted ? 1 : 0;
      write(known);
    }
  }

  private void write(NtlmRow known) {
    logged = true;
    protocol.log.write(known);
    held.clear();
  }

  @Override
  public void onFlowEnd() {
    if (row != null && !logged) {
      write(row);
    }
  }
}
