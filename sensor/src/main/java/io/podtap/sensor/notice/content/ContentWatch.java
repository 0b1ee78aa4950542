/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.content;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.ServiceSet;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.PayloadWatch;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.sink.LogStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks for suspicious content at the beginning of each message: where an end of a stream begins to
 * speak after the other one, and at the beginning of each datagram. Encrypted protocols are left
 * out. What it must remember of a flow stands in {@link Flow#watched}:
 *
 * <pre>
 * bits  0 to 15  bytes seen of the message at hand, at most 65,535
 * bit        16  whether the originator sends it
 * bit        17  whether there is one
 * bits 20 to 23  JNDI lookups found
 * bits 32 to 39  kinds found from the originator, bits 40 to 47 from the responder
 * </pre>
 */
public final class ContentWatch implements PayloadWatch {

  /** Bytes at the beginning of a message that are looked at. */
  private static final int REQUEST_BYTES = 4 << 10;

  private static final int RESPONSE_BYTES = 2 << 10;
  private static final int DATAGRAM_BYTES = 512;

  /** Text of a shell is short. */
  private static final int SHELL_BYTES = 1 << 10;

  private static final int LENGTH = 0xFFFF;
  private static final long FROM_ORIGINATOR = 1 << 16;
  private static final long BEGUN = 1 << 17;
  private static final int LOOKUPS_SHIFT = 20;
  private static final long LOOKUPS = 0xFL << LOOKUPS_SHIFT;
  private static final int FOUND_SHIFT = 32;
  private static final int RESPONDER_SHIFT = 40;
  private static final int TELNET = 23;

  /** Flows whose last bytes may be the first half of a lookup. */
  private static final int HALVES_MAX = 128;

  private final ServiceSet encrypted =
      Service.SSL.alone().union(Service.named("ssh").alone()).union(Service.named("quic").alone());
  private final Service http = Service.named("http");
  private final LogStream<ContentRow> log;
  private final Payload head = new Payload();
  private final Map<Long, String> halves = new LinkedHashMap<>();

  /**
   * @param log content.log
   */
  public ContentWatch(LogStream<ContentRow> log) {
    this.log = log;
  }

  @Override
  public void onPayload(Flow flow, boolean fromOriginator, Payload data, long nowNs) {
    long state = flow.watched();
    boolean isDatagram = flow.protocol() == IpProtocol.UDP;
    boolean goesOn =
        !isDatagram && (state & BEGUN) != 0 && ((state & FROM_ORIGINATOR) != 0) == fromOriginator;
    int seen = goesOn ? (int) (state & LENGTH) : 0;
    flow.watch(
        (state & ~(LENGTH | FROM_ORIGINATOR))
            | BEGUN
            | (fromOriginator ? FROM_ORIGINATOR : 0)
            | Math.min(LENGTH, seen + data.length()));
    int limit = isDatagram ? DATAGRAM_BYTES : fromOriginator ? REQUEST_BYTES : RESPONSE_BYTES;
    if (seen >= limit || !flow.services().intersection(encrypted).isEmpty()) {
      return;
    }
    head.wrap(data, 0, limit);
    if (fromOriginator) {
      lookup(flow, head, nowNs);
    }
    token(flow, fromOriginator, head, nowNs);
    secret(flow, fromOriginator, head, nowNs);
    if (!isDatagram) {
      mining(flow, fromOriginator, head, nowNs);
      shell(flow, fromOriginator, head, nowNs);
    }
  }

  @Override
  public void onText(Flow flow, boolean fromOriginator, String text, long nowNs) {
    if (fromOriginator && isEscapeIn(text)) {
      find(flow, text, nowNs);
    }
    int at = text.indexOf(KubernetesText.TOKEN);
    if (at >= 0) {
      note(flow, fromOriginator, ContentKind.TOKEN, KubernetesText.account(text, at), nowNs);
    }
  }

  private static boolean isEscapeIn(String text) {
    return text.indexOf('$') >= 0 || text.contains("%24") || text.contains("u0024");
  }

  /** Looks for a lookup; where the bytes end inside one, they wait for those that follow. */
  private void lookup(Flow flow, Payload data, long nowNs) {
    String half = halves.isEmpty() ? null : halves.remove(flow.uidLow());
    if (half == null && !mayHaveLookup(data)) {
      return;
    }
    String text = data.text(0, data.length());
    String whole = half == null ? text : half + text;
    if (!find(flow, whole, nowNs) && isOpen(whole) && whole.length() < JndiText.LENGTH_MAX) {
      if (halves.size() >= HALVES_MAX) {
        halves.remove(halves.keySet().iterator().next());
      }
      int open = Math.max(0, whole.lastIndexOf('\n'));
      halves.put(flow.uidLow(), whole.substring(open));
    }
  }

  private static boolean mayHaveLookup(Payload data) {
    for (int at = data.indexOf('$', 0); at >= 0; at = data.indexOf('$', at + 1)) {
      int next = data.u8(at + 1);
      if (next == '{' || next == '%' || next == '\\' || next < 0) {
        return true;
      }
    }
    for (int at = data.indexOf('%', 0); at >= 0; at = data.indexOf('%', at + 1)) {
      if (data.u8(at + 1) == '2' && (data.u8(at + 2) == '4' || data.u8(at + 2) == '5')) {
        return true; // a dollar, or an escaped percent sign
      }
      if (data.has(at + 1, "u0024")) {
        return true;
      }
    }
    return data.indexOf("\\u0024", 0) >= 0;
  }

  /** Returns whether the last line has a lookup that has not ended. */
  private static boolean isOpen(String text) {
    int line = Math.max(0, text.lastIndexOf('\n'));
    int depth = 0;
    for (int i = line; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '$' && (i + 1 == text.length() || text.charAt(i + 1) == '{')) {
        depth++;
      } else if (c == '}') {
        depth = Math.max(0, depth - 1);
      }
    }
    return depth > 0;
  }

  private boolean find(Flow flow, String text, long nowNs) {
    String lookup = JndiText.find(text);
    if (lookup == null) {
      return false;
    }
    if ((flow.watched() & LOOKUPS) != LOOKUPS) {
      flow.watch(flow.watched() + (1L << LOOKUPS_SHIFT));
      log.write(new ContentRow(nowNs, flow, ContentKind.JNDI, /* fromOriginator= */ true, lookup));
    }
    return true;
  }

  private void token(Flow flow, boolean fromOriginator, Payload data, long nowNs) {
    for (int at = data.indexOf('J', 2); at >= 0; at = data.indexOf('J', at + 1)) {
      if (data.has(at - 2, KubernetesText.TOKEN)) {
        String account = KubernetesText.account(data.text(at - 2, data.length()), 0);
        note(flow, fromOriginator, ContentKind.TOKEN, account, nowNs);
        return;
      }
    }
  }

  private void secret(Flow flow, boolean fromOriginator, Payload data, long nowNs) {
    for (int at = data.indexOf('S', 0); at >= 0; at = data.indexOf('S', at + 1)) {
      if (data.has(at, "Secret")) {
        int from = Math.max(0, at - 16);
        String found = KubernetesText.secret(data.text(from, data.length()), at - from);
        if (found != null) {
          note(flow, fromOriginator, ContentKind.SECRET, found, nowNs);
          return;
        }
      }
    }
    int key = data.indexOf("/registry/secrets/", 0);
    if (key >= 0) {
      String found = KubernetesText.registry(data.text(key, data.length()));
      note(flow, fromOriginator, ContentKind.SECRET, found, nowNs);
    }
  }

  private void mining(Flow flow, boolean fromOriginator, Payload data, long nowNs) {
    int at = 0;
    while (at < data.length() && data.u8(at) <= ' ') {
      at++;
    }
    if (data.u8(at) != '{' && data.u8(at) != '[') {
      boolean mayBeHttp = flow.services().isEmpty() || http.isIn(flow.services());
      at = mayBeHttp ? data.indexOf("\r\n\r\n{", 0) : -1;
    }
    if (at >= 0) {
      String found = MiningText.find(data.text(at, data.length()));
      note(flow, fromOriginator, ContentKind.MINING, found, nowNs);
    }
  }

  private void shell(Flow flow, boolean fromOriginator, Payload data, long nowNs) {
    if (flow.services().isEmpty()) {
      if (flow.responderPort() != TELNET) {
        String found = ShellText.find(data.text(0, SHELL_BYTES));
        note(flow, fromOriginator, ContentKind.SHELL, found, nowNs);
      }
    } else if (!fromOriginator && http.isIn(flow.services())) {
      int at = data.indexOf(" gid=", 0);
      at = at < 0 ? data.indexOf("root:x:0:0:", 0) : at;
      if (at >= 0) {
        String found = ShellText.idOutput(data.text(0, data.length()));
        note(flow, /* fromOriginator= */ false, ContentKind.COMMAND_OUTPUT, found, nowNs);
      }
    }
  }

  private void note(
      Flow flow, boolean fromOriginator, ContentKind kind, @Nullable String text, long nowNs) {
    long bit = (long) kind.bit() << (fromOriginator ? FOUND_SHIFT : RESPONDER_SHIFT);
    if (text == null || (flow.watched() & bit) != 0) {
      return;
    }
    flow.watch(flow.watched() | bit);
    log.write(new ContentRow(nowNs, flow, kind, fromOriginator, text));
  }
}
