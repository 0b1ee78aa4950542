/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.radius;

import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of one flow.
 *
 * <pre>
 *  0                   1                   2                   3
 * |     Code      |  Identifier   |            Length             |
 * |                      Authenticator (16)                       |
 * |  Attributes: type (1)  |  length (1), these two included  | ...
 * </pre>
 *
 * @see "RFC 2865 sections 3 and 5; RFC 2868 section 3.3"
 */
final class RadiusParser implements DatagramParser {

  private static final int HEADER_LENGTH = 20;
  private static final int CODE_MAX = 50;

  private static final int ACCESS_REQUEST = 1;
  private static final int ACCESS_ACCEPT = 2;
  private static final int ACCESS_REJECT = 3;
  private static final int ACCOUNTING_REQUEST = 4;
  private static final int ACCESS_CHALLENGE = 11;

  private static final int USER_NAME = 1;
  private static final int FRAMED_ADDRESS = 8;
  private static final int REPLY_MESSAGE = 18;
  private static final int CALLING_STATION = 31;
  private static final int TUNNEL_CLIENT = 66;
  private static final int CONNECT_INFO = 77;

  private static final int HARDWARE_ADDRESS_DIGITS = 12;

  /** A row with five texts of 253 bytes at most, or of three each for a hardware address. */
  private static final long ROW_BYTES = 96 + 7 * (40 + 256);

  private final RadiusProtocol protocol;
  private final Session session;
  private final HeldHeap held;
  private @Nullable RadiusRow row;

  RadiusParser(RadiusProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.held = new HeldHeap(session.account());
  }

  @Override
  public void onDatagram(boolean fromOriginator, Payload data) {
    int code = data.u8(0);
    int length = data.u16(2);
    if (code < 1 || code > CODE_MAX || length < HEADER_LENGTH || length > data.length()) {
      session.violation("not a RADIUS message");
      return;
    }
    session.confirm(RadiusProtocol.SERVICE);
    if (row == null) {
      row = new RadiusRow(session.flow(), session.nowNs());
      held.set(ROW_BYTES);
    }
    readAttributes(row, code, new Payload().wrap(data, 0, length));
    if (code == ACCESS_ACCEPT || code == ACCESS_REJECT) {
      row.result = code == ACCESS_ACCEPT ? "success" : "failed";
      row.durationNs = session.nowNs() - row.timeNs;
      protocol.log.write(row);
      row = null;
      held.clear();
    }
  }

  private static void readAttributes(RadiusRow row, int code, Payload data) {
    int at = HEADER_LENGTH;
    while (data.u8(at + 1) >= 2 && data.u8(at + 1) <= data.length() - at) {
      int length = data.u8(at + 1) - 2;
      if (code == ACCESS_REQUEST || code == ACCOUNTING_REQUEST) {
        ofRequest(row, data.u8(at), data, at + 2, length);
      } else if (code == ACCESS_CHALLENGE) { // as Zeek does; what an outcome says is left out
        ofChallenge(row, data.u8(at), data, at + 2, length);
      }
      at += 2 + length;
    }
  }

  /** Of several requests and of several attributes the first counts. */
  private static void ofRequest(RadiusRow row, int type, Payload data, int at, int length) {
    switch (type) {
      case USER_NAME -> row.userName = row.userName != null ? row.userName : data.text(at, length);
      case CALLING_STATION ->
          row.hardwareAddress =
              row.hardwareAddress != null
                  ? row.hardwareAddress
                  : hardwareAddress(data.text(at, length));
      case TUNNEL_CLIENT ->
          row.tunnelClient =
              row.tunnelClient != null ? row.tunnelClient : withoutTag(data, at, length);
      case CONNECT_INFO ->
          row.connectInfo = row.connectInfo != null ? row.connectInfo : data.text(at, length);
      default -> {}
    }
  }

  private static void ofChallenge(RadiusRow row, int type, Payload data, int at, int length) {
    if (type == FRAMED_ADDRESS && length == 4 && row.framedAddress < 0) {
      row.framedAddress = data.u32(at);
    } else if (type == REPLY_MESSAGE && row.replyMessage == null) {
      row.replyMessage = data.text(at, length);
    }
  }

  /** A first byte below 32 says which of several tunnels is meant. */
  private static String withoutTag(Payload data, int at, int length) {
    int tag = length > 0 && data.u8(at) < ' ' ? 1 : 0;
    return data.text(at + tag, length - tag);
  }

  /** Returns the usual notation of a hardware address in any other, or the text as it is. */
  private static String hardwareAddress(String text) {
    String digits = text.replaceAll("[.:-]", "").toLowerCase(Locale.ROOT);
    if (digits.length() != HARDWARE_ADDRESS_DIGITS
        || !digits.chars().allMatch(HexFormat::isHexDigit)) {
      return text;
    }
    return HexFormat.ofDelimiter(":").formatHex(HexFormat.of().parseHex(digits));
  }

  @Override
  public void onFlowEnd() {
    if (row != null) {
      row.result = "unknown";
      protocol.log.write(row);
      row = null;
    }
  }
}
