/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dhcp;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of one flow.
 *
 * <pre>
 *  0                   1                   2                   3
 * |      op       |     htype     |     hlen      |     hops      |
 * |                           xid (4)                             |
 * |           secs (2)            |           flags (2)           |
 * |     ciaddr (4)  |  yiaddr (4)  |  siaddr (4)  |  giaddr (4)   |
 * |     chaddr (16)  |  sname (64)  |  file (128)  |  cookie (4)   |
 * |     options: code (1)  |  length (1)  |  data ...             |
 * </pre>
 *
 * @see "RFC 2131 section 2; RFC 2132; RFC 4702 section 2"
 */
final class DhcpParser implements DatagramParser {

  private static final int OPTIONS = 240;
  private static final long COOKIE = 0x6382_5363L;
  private static final int HARDWARE_ETHERNET = 1;
  private static final HexFormat HARDWARE_ADDRESS = HexFormat.ofDelimiter(":");

  private static final int PAD = 0;
  private static final int HOST_NAME = 12;
  private static final int DOMAIN_NAME = 15;
  private static final int REQUESTED_ADDRESS = 50;
  private static final int LEASE_TIME = 51;
  private static final int MESSAGE_TYPE = 53;
  private static final int MESSAGE = 56;
  private static final int CLIENT_ID = 61;
  private static final int CLIENT_NAME = 81;
  private static final int END = 255;

  private static final String[] TYPES = {
    "DISCOVER",
    "OFFER",
    "REQUEST",
    "DECLINE",
    "ACK",
    "NAK",
    "RELEASE",
    "INFORM",
    "FORCERENEW",
    "LEASEQUERY",
    "LEASEUNASSIGNED",
    "LEASEUNKNOWN",
    "LEASEACTIVE",
    "BULKLEASEQUERY",
    "LEASEQUERYDONE",
    "ACTIVELEASEQUERY",
    "LEASEQUERYSTATUS",
    "TLS"
  };

  private final DhcpProtocol protocol;
  private final Session session;

  DhcpParser(DhcpProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
  }

  @Override
  public void onDatagram(boolean fromOriginator, Payload data) {
    if (data.u32(OPTIONS - 4) != COOKIE) {
      session.violation("not a DHCP message");
      return;
    }
    session.confirm(DhcpProtocol.SERVICE);
    long id = data.u32(4);
    DhcpTransaction transaction = protocol.transaction(id, session);
    Flow flow = session.flow();
    int type = option(data, MESSAGE_TYPE);
    transaction.add(flow, session.nowNs(), typeName(type < 0 ? 0 : data.u8(type)));
    boolean isClient =
        fromOriginator
            && (originator(flow) == 0 || flow.originatorPort() == 68 || flow.responderPort() == 67);
    if (isClient) {
      fromClient(data, transaction);
    } else {
      fromServer(data, transaction, fromOriginator);
    }
    if (transaction.isFull()) {
      protocol.finish(id);
    }
  }

  private static String typeName(int type) {
    return type >= 1 && type <= TYPES.length ? TYPES[type - 1] : "unknown-message-type-" + type;
  }

  private void fromClient(Payload data, DhcpTransaction transaction) {
    int address = originator(session.flow());
    if (address != 0 && address != -1) {
      transaction.clientAddress = address;
    }
    transaction.clientMessage = latest(data, MESSAGE, transaction.clientMessage);
    transaction.hostName = latest(data, HOST_NAME, transaction.hostName);
    int name = option(data, CLIENT_NAME);
    if (name >= 0) { // behind flags and two codes
      transaction.clientName = withoutZeros(data.text(name + 3, length(data, name) - 3));
    }
    int clientId = option(data, CLIENT_ID);
    if (clientId >= 0 && data.u8(clientId) == HARDWARE_ETHERNET && length(data, clientId) > 6) {
      transaction.hardwareAddress = hardwareAddress(data, clientId + 1, 6);
    } else {
      transaction.clientHardwareAddress = hardwareAddress(data, 28, data.u8(2));
    }
    int requested = option(data, REQUESTED_ADDRESS);
    if (requested >= 0) {
      transaction.requestedAddress = (int) data.u32(requested);
    }
  }

  private void fromServer(Payload data, DhcpTransaction transaction, boolean fromOriginator) {
    Flow flow = session.flow();
    int given = (int) data.u32(16);
    if (given != 0) {
      transaction.assignedAddress = given;
      transaction.serverHigh = fromOriginator ? flow.originatorHigh() : flow.responderHigh();
      transaction.serverLow = fromOriginator ? flow.originatorLow() : flow.responderLow();
    }
    if (transaction.hardwareAddress == null) {
      transaction.hardwareAddress = hardwareAddress(data, 28, data.u8(2));
    }
    if (transaction.clientAddress == 0) {
      transaction.clientAddress = transaction.assignedAddress;
    }
    transaction.serverMessage = latest(data, MESSAGE, transaction.serverMessage);
    int domain = option(data, DOMAIN_NAME);
    if (domain >= 0) {
      transaction.domain = withoutZeros(data.text(domain, length(data, domain)));
    }
    int lease = option(data, LEASE_TIME);
    if (lease >= 0) {
      transaction.leaseSeconds = data.u32(lease);
    }
  }

  private static int originator(Flow flow) {
    return (int) flow.originatorLow();
  }

  private static @Nullable String latest(Payload data, int code, @Nullable String before) {
    int at = option(data, code);
    return at < 0 ? before : data.text(at, length(data, at));
  }

  /** Returns where the data of an option begin that has some, or -1. */
  private static int option(Payload data, int wanted) {
    int at = OPTIONS;
    while (data.u8(at) >= 0 && data.u8(at) != END) {
      if (data.u8(at) == PAD) {
        at++;
      } else if (data.u8(at) == wanted && data.u8(at + 1) > 0 && data.u8(at + 2) >= 0) {
        return at + 2;
      } else {
        at += 2 + Math.max(data.u8(at + 1), 0);
      }
    }
    return -1;
  }

  private static int length(Payload data, int option) {
    return data.u8(option - 1);
  }

  private static String withoutZeros(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == 0) {
      end--;
    }
    return text.substring(0, end);
  }

  /** Returns the usual notation of an address of six or more bytes, or null. */
  private static @Nullable String hardwareAddress(Payload data, int at, int length) {
    if (length != 6 && (length < 8 || length > 16)) {
      return null;
    }
    boolean isShort = length == 6 || data.u16(at + 6) == 0;
    return HARDWARE_ADDRESS.formatHex(data.copy(at, isShort ? 6 : 8));
  }

  @Override
  public void onFlowEnd() {
    protocol.onFlowEnd(session.nowNs());
  }
}
