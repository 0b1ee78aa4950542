package io.podtap.sensor.parse.ldap;

import io.podtap.sensor.parse.Account;
import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.Holdings;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.parse.ber.Element;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Follows one LDAP connection. One thread. */
final class LdapParser implements StreamParser {

  /** Bytes of a message that are looked at. */
  private static final int KEPT_MAX = 32 << 10;

  private static final int LENGTH_MAX = 64 << 20;

  /** Operations under way, at most. */
  private static final int PENDING_MAX = 1_024;

  /** Heap of an operation that waits, with the headers of its texts. */
  private static final long ROW_BYTES = 24 + 80 + 4 * 40 + HeapSize.MAP_ENTRY;

  private static final String START_TLS = "1.3.6.1.4.1.1466.20037";

  /** Bytes before what SASL signs, with Kerberos and with NTLM. */
  private static final int SIGNATURE_BYTES = 16;

  private static final int LOOK_BYTES = 1_024;
  private static final String OID_KERBEROS = "*\u0086H\u0086\u00f7\u0012\u0001\u0002\u0002";
  private static final String OID_KERBEROS_MICROSOFT =
      "*\u0086H\u0082\u00f7\u0012\u0001\u0002\u0002";

  /** One direction. */
  private static final class End {
    final Gather gather;
    long rest;

    End(Account account) {
      gather = new Gather(KEPT_MAX + 8, account);
    }
  }

  private final LdapProtocol protocol;
  private final Session session;
  private final End client;
  private final End server;
  private final Map<Long, LdapRow> operations = new LinkedHashMap<>(4);
  private final Map<Long, LdapSearchRow> searches = new LinkedHashMap<>(4);
  private final Holdings held;

  /** Bytes of the message at hand: its texts are no longer together, but for a filter. */
  private int messageLength;

  private @Nullable StreamParser tls;
  private boolean bindIsSasl;
  private boolean startsTls;
  private boolean wrapped;
  private boolean confirmed;
  private boolean over;

  LdapParser(LdapProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.held = new Holdings(session.account());
    this.client = new End(session.account());
    this.server = new End(session.account());
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    End end = fromOriginator ? client : server;
    while (!data.isEmpty() && !over) {
      StreamParser inside = tls;
      if (inside != null) {
        inside.onData(fromOriginator, data);
        return;
      }
      if (end.rest > 0) {
        int count = (int) Math.min(end.rest, data.length());
        data.skip(count);
        end.rest -= count;
      } else if (!message(end, data)) {
        return;
      }
    }
  }

  /** Takes a message, or a piece of one that SASL has wrapped. */
  private boolean message(End end, Payload data) {
    Payload head = end.gather.peek(data, 4);
    if (head == null) {
      return false;
    }
    boolean signed = wrapped && head.u8(0) == 0;
    long length = signed ? 4 + head.u32(0) : messageLength(end, data);
    if (length == 0) {
      return false;
    }
    if (length < 0 || length > LENGTH_MAX) {
      giveUp("no message of LDAP");
      return false;
    }
    int kept = (int) Math.min(length, KEPT_MAX);
    Payload whole = end.gather.take(data, kept);
    if (whole == null) {
      return false;
    }
    end.rest = length - kept;
    if (!signed) {
      read(new Payload().wrap(whole, 0, kept));
    } else if (whole.u8(4 + SIGNATURE_BYTES) == 0x30) {
      read(new Payload().wrap(whole, 4 + SIGNATURE_BYTES, kept));
    }
    return true;
  }

  /** Returns how long a message is in all, 0 when more must come, -1 when it is none. */
  private static long messageLength(End end, Payload data) {
    Payload head = end.gather.peek(data, 4);
    if (head == null) {
      return 0;
    }
    int first = head.u8(1);
    int more = first < 0x80 ? 0 : first & 0x7F;
    if (head.u8(0) != 0x30 || first == 0x80 || more > 4) {
      return -1;
    }
    if (more > 2) {
      head = end.gather.peek(data, 2 + more);
      if (head == null) {
        return 0;
      }
    }
    long length = more == 0 ? first : 0;
    for (int i = 0; i < more; i++) {
      length = length << 8 | head.u8(2 + i);
    }
    return Math.max(4, 2 + more + length);
  }

  private void read(Payload bytes) {
    Payload looked = new Payload().wrap(bytes, 0, bytes.length());
    messageLength = bytes.length();
    Payload message = Element.take(bytes).content();
    Element id = Element.take(message);
    Element operation = Element.take(message);
    if (id.tag() != 2 || operation.tag() < 0) {
      giveUp("no message of LDAP");
      return;
    }
    if (!confirmed) {
      confirmed = true;
      session.confirm(LdapProtocol.SERVICE);
    }
    if (operation.tag() == 0x60 || operation.tag() == 0x61) {
      mechanisms(looked);
    }
    long number = id.number();
    Payload content = operation.content();
    switch (operation.tag()) {
      case 0x60 -> bind(number, content);
      case 0x61 -> {
        result(number, "bind", content);
        wrapped |= bindIsSasl;
      }
      case 0x42 -> finish(operation(number, "unbind"));
      case 0x50 -> finish(operation(number, "abandon"));
      case 0x63 -> search(number, content);
      case 0x64 -> searched(number).results++;
      case 0x65 -> searchDone(number, content);
      case 0x66, 0x6C, 0x6E ->
          operation(number, name(operation.tag())).object = Element.take(content).text();
      case 0x4A -> operation(number, "delete").object = operation.text();
      case 0x68 -> operation(number, "add");
      case 0x67, 0x69, 0x6B, 0x6D, 0x6F -> result(number, name(operation.tag() - 1), content);
      case 0x77 -> extended(number, Element.take(content).text());
      case 0x78 -> extendedResult(number, content);
      default -> {}
    }
  }

  private static String name(int requestTag) {
    return switch (requestTag) {
      case 0x66 -> "modify";
      case 0x68 -> "add";
      case 0x6A -> "delete";
      case 0x6C -> "modify_dn";
      default -> "compare";
    };
  }

  /** Names what a bind carries inside. */
  private void mechanisms(Payload bytes) {
    if (bytes.contains("NTLMSSP\u0000", LOOK_BYTES)) {
      session.confirm(Service.NTLM);
    }
    if (bytes.contains(OID_KERBEROS, LOOK_BYTES)
        || bytes.contains(OID_KERBEROS_MICROSOFT, LOOK_BYTES)) {
      session.confirm(Service.KERBEROS);
      session.confirm(Service.GSSAPI);
    }
  }

  private LdapRow operation(long number, String name) {
    LdapRow row = operations.get(number);
    if (row == null) {
      if (operations.size() == PENDING_MAX) {
        finish(operations.values().iterator().next());
      }
      row = new LdapRow(session.flow(), session.nowNs(), number);
      operations.put(number, row);
      held.add(0);
    }
    row.heldBytes += ROW_BYTES + messageLength;
    held.grow(ROW_BYTES + messageLength);
    if (row.operation == null || !name.equals("bind")) {
      row.operation = name;
    }
    return row;
  }

  private void finish(LdapRow row) {
    operations.remove(row.messageId);
    held.remove(row.heldBytes);
    protocol.log.write(row);
  }

  private void bind(long number, Payload content) {
    LdapRow row = operation(number, "bind");
    row.version = Element.take(content).number();
    row.object = orNull(Element.take(content).text());
    Element how = Element.take(content);
    bindIsSasl = how.tag() != 0x80;
    switch (how.tag()) {
      case 0x80 -> {
        row.operation = "bind simple";
        row.argument = how.content().isEmpty() ? null : "REDACTED";
      }
      case 0xA3 -> {
        row.operation = "bind SASL";
        row.argument = orNull(Element.take(how.content()).text());
      }
      case 0x8A -> row.operation = "bind sicily negotiate";
      case 0x8B -> row.operation = "bind sicily response";
      default -> row.operation = "bind";
    }
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private void result(long number, String name, Payload content) {
    LdapRow row = operation(number, name);
    row.result = LdapNames.result(Element.take(content).number());
    Element.take(content); // the entry that matched
    row.diagnostic = orNull(Element.take(content).text());
    finish(row);
  }

  private void extended(long number, String oid) {
    startsTls = oid.equals(START_TLS);
    operation(number, "extended").object = oid + " (" + LdapNames.extension(oid) + ')';
  }

  private void extendedResult(long number, Payload content) {
    boolean succeeded = content.u8(2) == 0;
    result(number, "extended", content);
    if (startsTls && succeeded) {
      tls = session.inner(Service.SSL);
      over = tls == null;
    }
    startsTls = false;
  }

  private LdapSearchRow searched(long number) {
    LdapSearchRow row = searches.get(number);
    if (row == null) {
      if (searches.size() == PENDING_MAX) {
        finish(searches.values().iterator().next());
      }
      row = new LdapSearchRow(session.flow(), session.nowNs(), number);
      searches.put(number, row);
      row.heldBytes = ROW_BYTES;
      held.add(ROW_BYTES);
    }
    return row;
  }

  private void finish(LdapSearchRow row) {
    searches.remove(row.messageId);
    held.remove(row.heldBytes);
    protocol.searchLog.write(row);
  }

  private void search(long number, Payload content) {
    LdapSearchRow row = searched(number);
    row.base = orNull(Element.take(content).text());
    row.scope = LdapNames.scope(Element.take(content).number());
    row.aliases = LdapNames.aliases(Element.take(content).number());
    Element.take(content); // entries at most
    Element.take(content); // seconds at most
    Element.take(content); // whether values are wanted
    row.filter = Filter.text(Element.take(content));
    long texts = HeapSize.text(row.base) + HeapSize.text(row.filter);
    row.heldBytes += texts;
    held.grow(texts);
  }

  private void searchDone(long number, Payload content) {
    LdapSearchRow row = searched(number);
    row.result = LdapNames.result(Element.take(content).number());
    Element.take(content); // the entry that matched
    row.diagnostic = orNull(Element.take(content).text());
    finish(row);
  }

  private void giveUp(String reason) {
    over = true;
    session.violation(reason);
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (tls != null) {
      tls.onGap(fromOriginator, length);
      return;
    }
    End end = fromOriginator ? client : server;
    if (length <= end.rest) {
      end.rest -= length;
    } else {
      over = true; // where the next message begins is not known
    }
  }

  @Override
  public void onEnd(boolean fromOriginator) {
    if (tls != null) {
      tls.onEnd(fromOriginator);
    }
  }

  @Override
  public void onFlowEnd() {
    if (tls != null) {
      tls.onFlowEnd();
    }
    operations.values().forEach(protocol.log::write);
    operations.clear();
    searches.values().forEach(protocol.searchLog::write);
    searches.clear();
  }
}
