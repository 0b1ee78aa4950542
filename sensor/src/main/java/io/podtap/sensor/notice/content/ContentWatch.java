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
 * bits 48 to 50  whether the originator, or the responder, has typed a command, and whether its
 *                answer must be compared
 * bits 51 to 52  whether a request without its body is a form, and whether a form has a command
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
  private static final long TYPED_BY_ORIGINATOR = 1L << 48;
  private static final long TYPED_BY_RESPONDER = 1L << 49;
  private static final long COMPARED = 1L << 50;
  private static final long FORM = 1L << 51;
  private static final long COMMANDED = 1L << 52;
  private static final int TELNET = 23;

  /** The name of a parameter is shorter. */
  private static final int NAME_BYTES = 40;

  /** Flows of which a text is kept: the first half of a lookup, or a command without its answer. */
  private static final int KEPT_MAX = 128;

  /** Bytes that what is looked for contains and other text seldom does. */
  private static final byte[] OF_REQUESTS = marks("$%\\JSVXy");

  private static final byte[] OF_RESPONSES = marks("JSVXy");
  private static final byte[] OF_PAGES = marks("JSVXy=x");

  private final ServiceSet encrypted =
      Service.SSL.alone().union(Service.named("ssh").alone()).union(Service.named("quic").alone());
  private final Service http = Service.named("http");
  private final LogStream<ContentRow> log;
  private final Payload head = new Payload();
  private final Map<Long, String> halves = new LinkedHashMap<>();
  private final Map<Long, String> commands = new LinkedHashMap<>();

  /**
   * @param log content.log
   */
  public ContentWatch(LogStream<ContentRow> log) {
    this.log = log;
  }

  private static byte[] marks(String bytes) {
    byte[] marks = new byte[256];
    bytes.chars().forEach(at -> marks[at] = 1);
    return marks;
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
    scan(flow, fromOriginator, head, nowNs);
    if (!isDatagram) {
      boolean mayBeHttp = flow.services().isEmpty() || http.isIn(flow.services());
      int body = mayBeHttp ? body(head) : -1;
      mining(flow, fromOriginator, head, body, nowNs);
      if (flow.services().isEmpty()) {
        shell(flow, fromOriginator, head, seen == 0, nowNs);
      } else if (mayBeHttp) {
        page(flow, fromOriginator, head, body, nowNs);
      }
      if (mayBeHttp) {
        form(flow, fromOriginator, head, body, seen == 0, nowNs);
      }
    }
  }

  /** Passes once over the bytes, and looks closer where one is marked. */
  private void scan(Flow flow, boolean fromOriginator, Payload data, long nowNs) {
    boolean isPage = !fromOriginator && http.isIn(flow.services());
    byte[] marks = fromOriginator ? OF_REQUESTS : isPage ? OF_PAGES : OF_RESPONSES;
    boolean mayBeLookup = fromOriginator && !halves.isEmpty() && halves.containsKey(flow.uidLow());
    int next;
    for (int at = data.indexOfAny(marks, 0); at >= 0; at = data.indexOfAny(marks, next)) {
      int mark = data.u8(at);
      next = at + 1;
      while (mark >= '0' && data.u8(next) == mark) {
        next++; // padding: what is looked for is found at the first of equal letters
      }
      switch (mark) {
        case '$', '%', '\\' -> mayBeLookup |= mayBeLookup(data, at);
        case 'J' -> json(flow, fromOriginator, data, at, nowNs);
        case 'X' -> {
          if (data.u8(at - 1) == 'Z' || data.u8(at - 1) == 'Y') {
            encoded(flow, fromOriginator, data, at, nowNs);
          }
        }
        case 'S' -> secret(flow, fromOriginator, data, at, nowNs);
        case 'V' -> {
          int key = at - SecretText.PRIVATE_KEY.indexOf('V');
          if (data.has(key, SecretText.PRIVATE_KEY)) {
            int from = Math.max(0, key - NAME_BYTES);
            String text = data.text(from, data.length());
            noteSecret(flow, fromOriginator, SecretText.key(text, key - from), nowNs);
          }
        }
        case 'y' -> {
          int key = at - KubernetesText.REGISTRY.indexOf('y');
          if (data.has(key, KubernetesText.REGISTRY)) {
            String found = KubernetesText.registry(data.text(key, data.length()));
            noteSecret(flow, fromOriginator, found, nowNs);
          }
        }
        case '=' -> {
          if (data.has(at - 3, "uid=")) {
            commandOutput(flow, data, Math.max(0, at - 4), nowNs);
          }
        }
        case 'x' -> {
          if (data.has(at - 5, "root:x:0:0:")) {
            commandOutput(flow, data, at - 5, nowNs);
          }
        }
        default -> throw new IllegalStateException("marks");
      }
    }
    if (mayBeLookup) {
      lookup(flow, data, nowNs);
    }
  }

  /** Returns where the body of a message of HTTP begins whose head is there, or -1. */
  private static int body(Payload data) {
    int first = data.u8(0);
    int end = first >= 'A' && first <= 'Z' ? data.indexOf("\r\n\r\n", 0) : -1;
    return end < 0 || end + 4 >= data.length() ? -1 : end + 4;
  }

  @Override
  public void onText(Flow flow, boolean fromOriginator, String text, long nowNs) {
    if (fromOriginator && isEscapeIn(text)) {
      find(flow, text, nowNs);
    }
    for (int at = text.indexOf(KubernetesText.JSON);
        at >= 0;
        at = text.indexOf(KubernetesText.JSON, at + 1)) {
      String account = KubernetesText.account(text, at);
      if (account != null) {
        note(flow, fromOriginator, ContentKind.TOKEN, account, nowNs);
        return;
      }
    }
  }

  private static boolean isEscapeIn(String text) {
    return text.indexOf('$') >= 0 || text.contains("%24") || text.contains("u0024");
  }

  /** Looks for a lookup; where the bytes end inside one, they wait for those that follow. */
  private void lookup(Flow flow, Payload data, long nowNs) {
    String half = halves.isEmpty() ? null : halves.remove(flow.uidLow());
    String text = data.text(0, data.length());
    String whole = half == null ? text : half + text;
    if (!find(flow, whole, nowNs) && isOpen(whole) && whole.length() < JndiText.LENGTH_MAX) {
      int open = Math.max(0, whole.lastIndexOf('\n'));
      keep(halves, flow, whole.substring(open));
    }
  }

  private static void keep(Map<Long, String> kept, Flow flow, String text) {
    if (kept.size() >= KEPT_MAX) {
      kept.remove(kept.keySet().iterator().next());
    }
    kept.put(flow.uidLow(), text);
  }

  /** Returns whether a lookup may begin at a dollar, or at what stands for one. */
  private static boolean mayBeLookup(Payload data, int at) {
    int next = data.u8(at + 1);
    return switch (data.u8(at)) {
      case '$' -> next == '{' || next == '%' || next == '\\' || next < 0;
      case '%' -> // a dollar, or an escaped percent sign
          (next == '2' && (data.u8(at + 2) == '4' || data.u8(at + 2) == '5'))
              || data.has(at + 1, "u0024");
      default -> data.has(at + 1, "u0024");
    };
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

  /** An object of JSON in Base64: the head of a token, or a manifest. */
  private void json(Flow flow, boolean fromOriginator, Payload data, int at, long nowNs) {
    int from = at - KubernetesText.JSON.indexOf('J');
    if (data.has(from, KubernetesText.JSON)) {
      String text = data.text(from, data.length());
      String account = KubernetesText.account(text, 0);
      if (account != null) {
        note(flow, fromOriginator, ContentKind.TOKEN, account, nowNs);
      } else {
        noteSecret(
            flow, fromOriginator, KubernetesText.anySecret(KubernetesText.decoded(text, 0)), nowNs);
      }
    }
  }

  /** A token in Base64 once more, or a manifest of YAML in Base64. */
  private void encoded(Flow flow, boolean fromOriginator, Payload data, int at, long nowNs) {
    if (data.has(at - KubernetesText.JSON_TWICE.indexOf('X'), KubernetesText.JSON_TWICE)) {
      int from = at - KubernetesText.JSON_TWICE.indexOf('X');
      String once = KubernetesText.decoded(data.text(from, data.length()), 0);
      String account = KubernetesText.account(once, 0);
      note(flow, fromOriginator, ContentKind.TOKEN, account, nowNs);
    } else if (data.has(at - KubernetesText.YAML.indexOf('X'), KubernetesText.YAML)) {
      int from = at - KubernetesText.YAML.indexOf('X');
      String text = KubernetesText.decoded(data.text(from, data.length()), 0);
      noteSecret(flow, fromOriginator, KubernetesText.anySecret(text), nowNs);
    }
  }

  private void secret(Flow flow, boolean fromOriginator, Payload data, int at, long nowNs) {
    if (data.has(at, "Secret")) {
      int from = Math.max(0, at - NAME_BYTES);
      String found = KubernetesText.secret(data.text(from, data.length()), at - from);
      noteSecret(flow, fromOriginator, found, nowNs);
    } else if (data.has(at, "SECRET") || data.has(at - 2, "PASSW")) {
      noteSecret(flow, fromOriginator, SecretText.variable(data.text(0, data.length())), nowNs);
    } else if (data.has(at - 1, SecretText.BEGIN_ENCODED)) {
      String text = data.text(at - 1, data.length());
      noteSecret(flow, fromOriginator, SecretText.encodedKey(text, 0), nowNs);
    }
  }

  private void mining(Flow flow, boolean fromOriginator, Payload data, int body, long nowNs) {
    int at = 0;
    while (at < data.length() && data.u8(at) <= ' ') {
      at++;
    }
    if (data.u8(at) != '{' && data.u8(at) != '[') {
      at = data.u8(body) == '{' ? body : -1;
    }
    if (at >= 0) {
      String found = MiningText.find(data.text(at, data.length()));
      note(flow, fromOriginator, ContentKind.MINING, found, nowNs);
    }
  }

  private void shell(Flow flow, boolean fromOriginator, Payload data, boolean begins, long nowNs) {
    if (flow.responderPort() == TELNET) {
      return;
    }
    String text = data.text(0, SHELL_BYTES);
    String found = ShellText.find(text);
    if (begins) {
      long typed = fromOriginator ? TYPED_BY_RESPONDER : TYPED_BY_ORIGINATOR;
      if (found == null && (flow.watched() & typed) != 0) {
        String command = commands.get(flow.uidLow());
        boolean isAnswer = (flow.watched() & COMPARED) == 0 || ShellCommands.isAnswer(text);
        found = command != null && isAnswer ? "answer to: " + command : null;
      }
      type(flow, fromOriginator, text);
    }
    note(flow, fromOriginator, ContentKind.SHELL, found, nowNs);
  }

  /** Remembers the command that one end types, until the other one answers. */
  private void type(Flow flow, boolean fromOriginator, String text) {
    ShellCommands.Command command = ShellCommands.of(text);
    long state = flow.watched();
    if (command == ShellCommands.Command.NONE) {
      long answered = fromOriginator ? TYPED_BY_RESPONDER : TYPED_BY_ORIGINATOR;
      if ((state & answered) != 0) {
        commands.remove(flow.uidLow());
        flow.watch(state & ~(answered | COMPARED));
      }
      return;
    }
    keep(commands, flow, text.strip());
    flow.watch(
        (state & ~(TYPED_BY_ORIGINATOR | TYPED_BY_RESPONDER | COMPARED))
            | (fromOriginator ? TYPED_BY_ORIGINATOR : TYPED_BY_RESPONDER)
            | (command == ShellCommands.Command.WORD ? COMPARED : 0));
  }

  /** Looks at the beginning of a page for the output of a command that says no user. */
  private void page(Flow flow, boolean fromOriginator, Payload data, int body, long nowNs) {
    if (!fromOriginator && body >= 0) {
      int at = data.has(body, "<pre>") ? body + 5 : body;
      if (data.u8(at) == 'L' || data.u8(at) == 't' || data.u8(at) == 'D') {
        String found = ShellText.systemOutput(data.text(at, SHELL_BYTES));
        note(flow, /* fromOriginator= */ false, ContentKind.COMMAND_OUTPUT, found, nowNs);
      }
    }
  }

  private void commandOutput(Flow flow, Payload data, int from, long nowNs) {
    String found = ShellText.idOutput(data.text(from, data.length()), /* inLine= */ true);
    note(flow, /* fromOriginator= */ false, ContentKind.COMMAND_OUTPUT, found, nowNs);
  }

  /** Looks for a command in a form, which counts once the server has accepted it. */
  private void form(
      Flow flow, boolean fromOriginator, Payload data, int body, boolean begins, long nowNs) {
    long state = flow.watched();
    if (!fromOriginator) {
      if ((state & COMMANDED) != 0 && begins) {
        flow.watch(state & ~COMMANDED);
        String command = commands.remove(flow.uidLow());
        if (data.has(9, "200")) {
          note(flow, /* fromOriginator= */ true, ContentKind.COMMAND, command, nowNs);
        }
      }
      return;
    }
    boolean isPost = begins ? data.has(0, "POST ") : (state & FORM) != 0;
    if (begins || isPost) {
      flow.watch(isPost && body < 0 && begins ? state | FORM : state & ~FORM);
    }
    int from = begins ? body : 0;
    if (isPost && from >= 0) {
      int equals = data.indexOf('=', from);
      if (equals >= 0 && equals - from < NAME_BYTES) {
        String command = CommandText.find(data.text(from, data.length()));
        if (command != null) {
          keep(commands, flow, command);
          flow.watch(flow.watched() | COMMANDED);
        }
      }
    }
  }

  private void noteSecret(Flow flow, boolean fromOriginator, @Nullable String secret, long nowNs) {
    note(flow, fromOriginator, ContentKind.SECRET, secret, nowNs);
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
