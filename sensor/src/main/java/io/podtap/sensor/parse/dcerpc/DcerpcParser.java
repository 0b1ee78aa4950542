/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dcerpc;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.MessageParser;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import java.util.HashMap;
import java.util.Map;

/**
 * Follows one connection, or one pipe of SMB. After a gap PDUs are found again by their headers.
 * One thread.
 */
final class DcerpcParser implements StreamParser {

  /** Bytes of a PDU that are looked at; of longer ones only the beginning. */
  private static final int LOOKED_MAX = 8 << 10;

  private static final int HEAD = 64;

  /** Calls whose fragments are put together at once, and bytes of one: Zeek's bounds. */
  private static final int FRAGMENTED_MAX = 20;

  private static final int FRAGMENTED_BYTES_MAX = 30_000;

  /** Heap of a call whose fragments come. */
  private static final long FRAGMENTED_BYTES = HeapSize.MAP_ENTRY + 24 + 32;

  private static final int SYNTAX = 20;

  private static final int LOGIN_GSS = 0x09;
  private static final int LOGIN_NTLM = 0x0A;
  private static final int LOGIN_TLS = 0x0E;
  private static final int LOGIN_KERBEROS = 0x10;
  private static final int LOGIN_NETLOGON = 0x44;

  /** A call of which the first fragment has come. */
  private static final class Fragmented {
    int context;
    int operation;
    long bytes;
  }

  /** One direction. */
  private static final class End {
    final Gather gather;
    final Resynchronizer again;
    final Map<Long, Fragmented> fragmented = new HashMap<>(2);
    long rest;

    End(Session session) {
      gather = new Gather(LOOKED_MAX, session.account());
      again = new Resynchronizer(Pdu::messageBytes, /* isTelling= */ true, session.account());
    }
  }

  private final Session session;
  private final End client;
  private final End server;
  private final Calls calls;
  private final HeldHeap held;
  private final Pdu pdu = new Pdu();
  private boolean confirmed;
  private boolean over;

  /** When bytes were found to be missing: what waited behind them came earlier than now. */
  private long gapNs = -1;

  DcerpcParser(DcerpcProtocol protocol, Session session) {
    this.session = session;
    this.client = new End(session);
    this.server = new End(session);
    this.calls = new Calls(protocol, session);
    this.held = new HeldHeap(session.account());
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    if (over) {
      return;
    }
    End end = fromOriginator ? client : server;
    Payload pdus = data;
    boolean isSought = end.again.beginSegment();
    if (isSought) {
      Payload found = end.again.find(data);
      if (found == null) {
        return;
      }
      pdus = found;
    }
    calls.timesUnknown(session.nowNs() == gapNs || (isSought && end.again.isLate()));
    while (!pdus.isEmpty() && !over) {
      if (end.rest > 0) {
        int count = (int) Math.min(end.rest, pdus.length());
        pdus.skip(count);
        end.rest -= count;
      } else if (!next(fromOriginator, end, pdus)) {
        return;
      }
    }
  }

  /** Takes the next PDU; returns false when more must come, or when there is none. */
  private boolean next(boolean fromOriginator, End end, Payload data) {
    Payload header = end.gather.peek(data, Pdu.HEADER);
    if (header == null) {
      return false;
    }
    pdu.wrap(header);
    int length = pdu.length();
    if (header.u8(0) != 5 || pdu.bodyLength() > length - Pdu.HEADER || length < Pdu.HEADER) {
      lose(end);
      return false;
    }
    int looked = length <= LOOKED_MAX ? length : HEAD;
    Payload whole = end.gather.take(data, looked);
    if (whole == null) {
      return false;
    }
    end.rest = (long) length - looked;
    pdu.wrap(whole);
    boolean isRead = read(fromOriginator, end, looked);
    if (isRead && !confirmed) {
      confirmed = true;
      session.confirmJoined(Service.DCE_RPC);
    }
    return true;
  }

  /** Goes on with the next segment that begins with a PDU, as Zeek does. */
  private void lose(End end) {
    if (!confirmed) {
      over = true;
      session.violation("not a DCE-RPC PDU");
      return;
    }
    end.gather.clear();
    end.again.begin();
  }

  private boolean read(boolean fromOriginator, End end, int looked) {
    if (looked >= pdu.length() && pdu.loginLength() > 0) {
      login(fromOriginator);
    }
    Fragmented before = end.fragmented.get(pdu.call());
    int type = pdu.type();
    int body = pdu.bodyLength();
    if (pdu.isFirst() && before != null) {
      stop("multiple_first_fragments_in_dce_rpc_reassembly");
      return false;
    }
    if (pdu.isFirst() && pdu.isLast()) {
      return whole(type, body);
    }
    Fragmented call = before;
    if (pdu.isFirst()) {
      call = new Fragmented();
      call.context = pdu.u16(Pdu.HEADER + 4);
      call.operation = pdu.u16(Pdu.HEADER + 6);
      end.fragmented.put(pdu.call(), call);
      held.add(FRAGMENTED_BYTES);
      if (end.fragmented.size() > FRAGMENTED_MAX) {
        stop("too_many_dce_rpc_msgs_in_reassembly");
      }
    }
    if (call == null) {
      return true; // the first fragment was not seen
    }
    call.bytes += body;
    if (call.bytes > FRAGMENTED_BYTES_MAX) {
      stop("too_much_dce_rpc_fragment_data");
    }
    if (pdu.isLast() && !over) {
      end.fragmented.remove(pdu.call());
      held.remove(FRAGMENTED_BYTES);
      finish(type, call);
    }
    return true;
  }

  private void stop(String weird) {
    session.weird(weird, "");
    over = true;
    for (End end : new End[] {client, server}) {
      end.gather.clear();
      end.fragmented.clear();
    }
    held.clear();
  }

  private void finish(int type, Fragmented call) {
    if (type == Pdu.REQUEST) {
      calls.request(call.context, call.operation);
    } else if (type == Pdu.RESPONSE) {
      calls.response(call.context);
    }
  }

  /** Reads a PDU that is no fragment; returns whether it is whole. */
  private boolean whole(int type, int body) {
    int at = Pdu.HEADER;
    return switch (type) {
      case Pdu.REQUEST -> {
        boolean isWhole = body >= (pdu.hasObject() ? 24 : 8);
        if (isWhole) {
          calls.request(pdu.u16(at + 4), pdu.u16(at + 6));
        }
        yield isWhole;
      }
      case Pdu.RESPONSE -> {
        if (body >= 8) {
          calls.response(pdu.u16(at + 4));
        }
        yield body >= 8;
      }
      case Pdu.BIND, Pdu.ALTER_CONTEXT -> contexts(body);
      case Pdu.BIND_ACK, Pdu.ALTER_CONTEXT_RESPONSE -> {
        int length = body >= 10 ? pdu.u16(at + 8) : -1;
        boolean isWhole = length >= 0 && length + 10 <= body;
        if (isWhole) {
          calls.bound(type == Pdu.BIND_ACK ? address(at + 10, length) : "");
        }
        yield isWhole;
      }
      default -> true;
    };
  }

  /** Returns an address without the zero at its end. */
  private String address(int at, int length) {
    String text = pdu.text(at, length);
    return text.endsWith("\u0000") ? text.substring(0, text.length() - 1) : text;
  }

  private boolean contexts(int body) {
    if (body < 12) {
      return false;
    }
    int contexts = pdu.u8(Pdu.HEADER + 8);
    int at = Pdu.HEADER + 12;
    for (int i = 0; i < contexts; i++) {
      int end = at + 4 + SYNTAX;
      int syntaxes = pdu.u8(at + 2);
      if (syntaxes < 0 || end + syntaxes * SYNTAX > Pdu.HEADER + body) {
        return false;
      }
      calls.bind(pdu.u16(at), pdu.uuid(at + 4));
      at = end + syntaxes * SYNTAX;
    }
    return true;
  }

  private void login(boolean fromOriginator) {
    int type = pdu.loginType();
    switch (type) {
      case LOGIN_GSS -> pass(Service.GSSAPI, fromOriginator);
      case LOGIN_NTLM -> pass(Service.NTLM, fromOriginator);
      case LOGIN_KERBEROS -> pass(Service.KERBEROS, fromOriginator);
      case LOGIN_TLS -> session.weird("tls_dce_rpc_auth_type", Integer.toString(type));
      case LOGIN_NETLOGON -> session.weird("netlogon_dce_rpc_auth_type", Integer.toString(type));
      default -> session.weird("unknown_dce_rpc_auth_type", Integer.toString(type));
    }
  }

  private void pass(Service service, boolean fromOriginator) {
    MessageParser parser = session.messages(service);
    if (parser != null) {
      parser.onMessage(fromOriginator, pdu.login());
    }
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    End end = fromOriginator ? client : server;
    gapNs = session.nowNs();
    if (length <= end.rest) {
      end.rest -= length;
      return;
    }
    end.rest = 0;
    end.gather.clear();
    held.clear();
    end.fragmented.clear();
    end.again.begin();
    calls.miss();
  }

  @Override
  public void onFlowEnd() {
    calls.end();
  }
}
