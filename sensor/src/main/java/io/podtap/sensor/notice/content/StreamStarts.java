/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.content;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.PayloadWatch;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.sink.FlowEvents;
import io.podtap.sensor.sink.LogSink;
import org.jspecify.annotations.Nullable;

/**
 * Tells detections of streams that begin in a known way: with a JSON-RPC call, or with a bind of
 * LDAP that is answered with a Java object. What it must remember of a flow stands in {@link
 * Flow#watched}, in bits 24 to 31: for the originator and the responder whether they have sent,
 * whether they began with a brace and no call was seen yet, and whether one was told; then whether
 * there was a bind, and whether its answer was told.
 *
 * @see "Zeek's signatures, as of the packages jsiwek/zeek-cryptomining and
 *     corelight/cve-2021-44228"
 */
final class StreamStarts implements PayloadWatch {

  /** Events of calls: what one end sent, from its first byte, and who. */
  static final String JSON_RPC = "json_rpc";

  /** Events of Java objects that an LDAP server sent. */
  static final String LDAP_JAVA = "ldap_java";

  private static final int BYTES_MAX = 4 << 10;
  private static final int SENT_SHIFT = 24;
  private static final int OPEN_SHIFT = 26;
  private static final int TOLD_SHIFT = 28;
  private static final long BOUND = 1L << 30;
  private static final long OBJECT_TOLD = 1L << 31;
  private static final int TAG_SEQUENCE = 0x30;
  private static final int TAG_BIND_REQUEST = 0x60;
  private static final String CLASS_NAME = "javaClassName";
  private static final String METHOD = "\"method\"";
  private static final String BODY = "\r\n\r\n";

  private final Service http = Service.named("http");
  private final @Nullable FlowEvents calls;
  private final @Nullable FlowEvents objects;

  private StreamStarts(@Nullable FlowEvents calls, @Nullable FlowEvents objects) {
    this.calls = calls;
    this.objects = objects;
  }

  /** Returns null where no detection wants to hear of either. */
  static @Nullable StreamStarts of(LogSink sink) {
    FlowEvents calls = FlowEvents.of(sink, JSON_RPC);
    FlowEvents objects = FlowEvents.of(sink, LDAP_JAVA);
    return calls == null && objects == null ? null : new StreamStarts(calls, objects);
  }

  @Override
  public void onPayload(Flow flow, boolean fromOriginator, Payload data, long nowNs) {
    long sent = bit(SENT_SHIFT, fromOriginator);
    boolean isFirst = (flow.watched() & sent) == 0;
    flow.watch(flow.watched() | sent);
    if (objects != null) {
      ldap(flow, fromOriginator, isFirst, data, objects);
    }
    if (calls != null && flow.protocol() == IpProtocol.TCP) {
      call(flow, fromOriginator, isFirst, data, calls);
    }
  }

  @Override
  public void onText(Flow flow, boolean fromOriginator, String text, long nowNs) {}

  private static long bit(int shift, boolean fromOriginator) {
    return 1L << (fromOriginator ? shift : shift + 1);
  }

  private static void ldap(
      Flow flow, boolean fromOriginator, boolean isFirst, Payload data, FlowEvents told) {
    if (fromOriginator) {
      boolean isBind =
          isFirst
              && data.u8(0) == TAG_SEQUENCE
              && data.u8(2) == 2
              && data.u8(3) == 1
              && data.u8(5) == TAG_BIND_REQUEST;
      flow.watch(flow.watched() | (isBind ? BOUND : 0));
    } else if ((flow.watched() & (BOUND | OBJECT_TOLD)) == BOUND
        && data.indexOf(CLASS_NAME, 0) >= 0) {
      flow.watch(flow.watched() | OBJECT_TOLD);
      told.tell(flow, /* fromOriginator= */ false, "", data.text(0, BYTES_MAX), /* number= */ 0);
    }
  }

  private void call(
      Flow flow, boolean fromOriginator, boolean isFirst, Payload data, FlowEvents told) {
    long state = flow.watched();
    if ((state & bit(TOLD_SHIFT, fromOriginator)) != 0) {
      return;
    }
    boolean begins = begins(data, 0);
    boolean isOpen = (state & bit(OPEN_SHIFT, fromOriginator)) != 0 || (isFirst && begins);
    int from = isOpen ? 0 : -1;
    boolean mayBeHttp = flow.services().isEmpty() || http.isIn(flow.services());
    if (!isOpen && fromOriginator && mayBeHttp) {
      int body = data.indexOf(BODY, 0);
      from = begins ? 0 : body >= 0 && begins(data, body + BODY.length()) ? body + 4 : -1;
    }
    if (isOpen) {
      flow.watch(flow.watched() | bit(OPEN_SHIFT, fromOriginator));
    }
    if (from >= 0 && data.indexOf(METHOD, from) >= 0) {
      flow.watch(flow.watched() | bit(TOLD_SHIFT, fromOriginator));
      told.tell(flow, fromOriginator, "", data.text(from, BYTES_MAX), /* number= */ 0);
    }
  }

  /** Returns whether an object of JSON begins at {@code from}, blanks left out. */
  private static boolean begins(Payload data, int from) {
    int at = from;
    while (at < data.length() && data.u8(at) <= ' ') {
      at++;
    }
    return data.u8(at) == '{';
  }
}
