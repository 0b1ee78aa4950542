/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ldap;

import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.MessageParser;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.ber.Element;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the messages of one flow say: requests and their results by number. What a response changes
 * of its request is a weird. One thread.
 */
final class LdapMessages {

  /** Operations and searches under way, at most: Zeek's bounds. */
  private static final int PENDING_MAX = 10;

  /** Heap of an operation that waits, with the headers of its texts. */
  private static final long ROW_BYTES = 24 + 80 + 4 * 40 + HeapSize.MAP_ENTRY;

  private static final String WEIRD_SOURCE = "LDAP";
  private static final String START_TLS = "1.3.6.1.4.1.1466.20037";
  private static final String KERBEROS_MICROSOFT = "*\u0086H\u0082\u00f7\u0012\u0001\u0002\u0002";
  private static final String NTLM = "NTLMSSP";

  private static final int BIND = 0x60;
  private static final int BIND_RESPONSE = 0x61;
  private static final int SEARCH_DONE = 0x65;
  private static final int SASL_CREDENTIALS = 0x87;
  private static final int NEGOTIATION_RESPONSE = 0xA1;
  private static final int VALUES_MAX = 256;

  private final LdapProtocol protocol;
  private final Session session;
  private final Service service;
  private final Map<Long, LdapRow> operations = new LinkedHashMap<>(4);
  private final Map<Long, LdapSearchRow> searches = new LinkedHashMap<>(4);
  private final HeldHeap held;
  private String mechanism = "";
  private boolean startsTls;
  private boolean confirmed;

  /** Whether something that the server sent is missing. */
  private boolean answersMissing;

  /** What the last message means for those behind it. */
  enum Outcome {
    /** It is no message. */
    INVALID,
    /** Nothing. */
    NONE,
    /** A login by SASL has succeeded: what follows may be wrapped. */
    LOGGED_IN,
    /** As above, and Kerberos was chosen: what follows is wrapped. */
    LOGGED_IN_BY_KERBEROS,
    /** TLS begins. */
    TLS
  }

  /**
   * @param service by which the flow is named
   */
  LdapMessages(LdapProtocol protocol, Session session, Service service) {
    this.protocol = protocol;
    this.session = session;
    this.service = service;
    this.held = new HeldHeap(session.account());
    this.answersMissing = session.flow().partial;
  }

  /** Returns the mechanism of the last login by SASL, or empty. */
  String mechanism() {
    return mechanism;
  }

  /** Reads one message, of which the end may be cut. */
  Outcome read(boolean fromOriginator, Payload bytes) {
    int length = bytes.length();
    Payload message = Element.take(bytes).content();
    Element id = Element.take(message);
    Element operation = Element.take(message);
    String name = LdapNames.operation(operation.tag());
    if (id.tag() != 2 || (operation.tag() & 0xC0) != 0x40 || name == null) {
      return Outcome.INVALID;
    }
    Payload content = operation.content();
    long number = id.number();
    Outcome outcome = Outcome.NONE;
    switch (operation.tag()) {
      case BIND -> bind(fromOriginator, number, length, content);
      case BIND_RESPONSE -> {
        boolean accepted = content.u8(2) == 0 && content.u8(0) == 10;
        LdapRow row = operation(number, name, length);
        result(row, content);
        finish(row);
        outcome = bound(fromOriginator, accepted, content);
      }
      case 0x42 -> finish(operation(number, name, length));
      case 0x50 -> {
        LdapRow row = operation(number, name, length);
        object(row, Long.toString(operation.number()));
        finish(row);
      }
      case 0x63 -> {
        if (!search(number, content)) {
          return Outcome.INVALID;
        }
      }
      case 0x64 -> found(number).results++;
      case SEARCH_DONE -> searchDone(number, content);
      case 0x66 -> {
        LdapRow row = operation(number, name, length);
        object(row, LdapText.printable(Element.take(content).text()));
        argument(row, changes(Element.take(content).content()));
      }
      case 0x4A -> object(operation(number, name, length), LdapText.printable(operation.text()));
      case 0x67, 0x69, 0x6B, 0x6D, 0x6F -> {
        LdapRow row = operation(number, name, length);
        result(row, content);
        finish(row);
      }
      case 0x77 -> {
        String oid = LdapText.printable(Element.take(content).text());
        startsTls |= oid.equals(START_TLS);
        object(
            operation(number, name, length),
            oid.isEmpty() ? "" : oid + " (" + LdapNames.extension(oid) + ')');
      }
      case 0x78 -> {
        boolean succeeded = content.u8(2) == 0;
        LdapRow row = operation(number, name, length);
        result(row, content);
        finish(row);
        outcome = startsTls && succeeded ? Outcome.TLS : Outcome.NONE;
      }
      case 0x73 -> {} // a reference, which Zeek does not look at
      default -> operation(number, name, length);
    }
    if (!confirmed) {
      confirmed = true;
      session.confirm(service);
    }
    return outcome;
  }

  private LdapRow operation(long number, String name, int length) {
    LdapRow row = operations.get(number);
    if (row == null) {
      if (operations.size() >= PENDING_MAX) {
        weird("LDAP_max_pending_messages_exceeded", Integer.toString(operations.size()));
        writeOperations();
      }
      row = new LdapRow(session.flow(), session.nowNs(), number);
      operations.put(number, row);
      held.add(ROW_BYTES);
      row.heldBytes = ROW_BYTES;
    }
    row.heldBytes += length;
    held.grow(length);
    if (!name.equals("bind")) {
      changed(number, "LDAP_message_opcode_change", row.operation, name);
      row.operation = name;
    } else if (row.operation == null) {
      weird("LDAP_bind_without_opcode", number + ": " + name);
      row.operation = name;
    }
    return row;
  }

  private void weird(String name, String detail) {
    session.weird(name, detail, WEIRD_SOURCE);
  }

  private void changed(long number, String weird, @Nullable String before, String now) {
    if (before != null && !before.equals(now)) {
      weird(weird, number + ": " + before + " -> " + now);
    }
  }

  private void object(LdapRow row, String object) {
    if (!object.isEmpty()) {
      changed(row.messageId, "LDAP_message_object_change", row.object, object);
      row.object = object;
    }
  }

  private void argument(LdapRow row, String argument) {
    if (!argument.isEmpty()) {
      changed(row.messageId, "LDAP_message_argument_change", row.argument, argument);
      row.argument = argument;
    }
  }

  private void finish(LdapRow row) {
    operations.remove(row.messageId);
    held.remove(row.heldBytes);
    protocol.log.write(row);
  }

  private void finish(LdapSearchRow row) {
    searches.remove(row.messageId);
    held.remove(row.heldBytes);
    protocol.searchLog.write(row);
  }

  private void bind(boolean fromOriginator, long number, int length, Payload content) {
    long version = Element.take(content).number();
    String name = LdapText.printable(Element.take(content).text());
    Element how = Element.take(content);
    LdapRow known = operations.get(number);
    if (known != null && known.operation != null) {
      weird("LDAP_bind_opcode_already_set", known.operation);
    }
    String operation = bindName(how.tag());
    if (known != null) {
      known.operation = operation;
    }
    LdapRow row = known != null ? known : newBind(number, operation);
    row.heldBytes += length;
    held.grow(length);
    row.version = row.version < 0 ? version : row.version;
    object(row, name);
    switch (how.tag()) {
      case 0x80 -> argument(row, how.content().isEmpty() ? "" : "REDACTED");
      case 0xA3 -> {
        mechanism = LdapText.printable(Element.take(how.content()).text());
        argument(row, mechanism);
        login(fromOriginator, mechanism, Element.take(how.content()).content());
      }
      case 0x8A, 0x8B -> {
        argument(row, how.content().has(0, NTLM) ? NTLM : "");
        pass(Service.NTLM, fromOriginator, how.content());
      }
      default -> {}
    }
  }

  private LdapRow newBind(long number, String operation) {
    if (operations.size() >= PENDING_MAX) {
      weird("LDAP_max_pending_messages_exceeded", Integer.toString(operations.size()));
      writeOperations();
    }
    LdapRow row = new LdapRow(session.flow(), session.nowNs(), number);
    row.operation = operation;
    row.heldBytes = ROW_BYTES;
    operations.put(number, row);
    held.add(ROW_BYTES);
    return row;
  }

  private String bindName(int tag) {
    return switch (tag) {
      case 0x80 -> "bind simple";
      case 0xA3 -> "bind SASL";
      case 0x8A -> "sicily_negotiate";
      case 0x8B -> "sicily_response";
      default -> {
        int type = tag & 0x1F;
        String name =
            "LDAP::BindAuthType_" + (type == 9 ? "SICILY_PACKAGE_DISCOVERY" : "Label" + type);
        weird("LDAP_unknown_auth_type", name);
        yield name;
      }
    };
  }

  /** Hands on what a login carries, when its mechanism is one that is read. */
  private void login(boolean fromOriginator, String by, Payload token) {
    if (by.equals("NTLM") || (by.equals("GSS-SPNEGO") && token.has(0, NTLM))) {
      pass(Service.NTLM, fromOriginator, token);
    } else if (by.equals("GSS-SPNEGO") || by.equals("GSSAPI")) {
      pass(Service.GSSAPI, fromOriginator, token);
    }
  }

  private void pass(Service wanted, boolean fromOriginator, Payload token) {
    MessageParser parser = token.isEmpty() ? null : session.messages(wanted);
    if (parser != null) {
      parser.onMessage(fromOriginator, new Payload().wrap(token, 0, token.length()));
    }
  }

  /** Reads what stands behind the result of a bind. */
  private Outcome bound(boolean fromOriginator, boolean accepted, Payload content) {
    boolean isKerberos = false;
    while (!content.isEmpty()) {
      Element element = Element.take(content);
      if (element.tag() == SASL_CREDENTIALS) {
        isKerberos |= accepted && mechanism.equals("GSS-SPNEGO") && isKerberos(element.content());
        login(fromOriginator, mechanism, element.content());
      }
    }
    if (!accepted || mechanism.isEmpty()) {
      return Outcome.NONE;
    }
    return isKerberos ? Outcome.LOGGED_IN_BY_KERBEROS : Outcome.LOGGED_IN;
  }

  /** Returns whether a negotiation has ended with Microsoft's Kerberos. */
  private static boolean isKerberos(Payload token) {
    Payload copy = new Payload().wrap(token, 0, token.length());
    Element response = Element.take(copy);
    if (response.tag() != NEGOTIATION_RESPONSE) {
      return false;
    }
    Payload fields = Element.take(response.content()).content();
    boolean isAccepted = false;
    boolean isChosen = false;
    boolean hasToken = false;
    while (!fields.isEmpty()) {
      Element field = Element.take(fields);
      switch (field.tag()) {
        case 0xA0 -> isAccepted = Element.take(field.content()).number() == 0;
        case 0xA1 -> isChosen = Element.take(field.content()).text().equals(KERBEROS_MICROSOFT);
        case 0xA2 -> hasToken = true;
        default -> {}
      }
    }
    return isAccepted && isChosen && hasToken;
  }

  /** Reads a result; what stands behind it stays in {@code content}. */
  private void result(LdapRow row, Payload content) {
    Element code = Element.take(content);
    Element.take(content); // the entry that matched
    String diagnostic = LdapText.printable(Element.take(content).text());
    if (code.tag() >= 0) {
      String result = LdapNames.result(code.number() & 0xFF);
      changed(row.messageId, "LDAP_message_result_change", row.result, result);
      row.result = result;
    }
    if (!diagnostic.isEmpty()) {
      changed(row.messageId, "LDAP_message_diagnostic_message_change", row.diagnostic, diagnostic);
      row.diagnostic = diagnostic;
    }
  }

  /** Returns the changes of a modification: {@code add(attribute=value),...}. */
  private static String changes(Payload changes) {
    StringBuilder text = new StringBuilder();
    for (int count = 0; !changes.isEmpty() && count < VALUES_MAX; count++) {
      Payload change = Element.take(changes).content();
      String how = LdapNames.change(Element.take(change).number());
      Payload attribute = Element.take(change).content();
      text.append(text.isEmpty() ? "" : ",").append(how).append('(');
      text.append(LdapText.printable(Element.take(attribute).text()));
      Payload values = Element.take(attribute).content();
      text.append(values.isEmpty() ? "" : "=");
      for (int i = 0; !values.isEmpty() && i < VALUES_MAX; i++) {
        text.append(LdapText.printable(Element.take(values).text()));
      }
      text.append(')');
    }
    return text.toString();
  }

  private LdapSearchRow searched(long number) {
    LdapSearchRow row = searches.get(number);
    if (row == null) {
      if (searches.size() >= PENDING_MAX) {
        weird("LDAP_max_pending_searches_exceeded", Integer.toString(searches.size()));
        writeSearches();
      }
      row = new LdapSearchRow(session.flow(), session.nowNs(), number);
      searches.put(number, row);
      row.heldBytes = ROW_BYTES;
      held.add(ROW_BYTES);
    }
    return row;
  }

  /** Returns the search that an entry or a result belongs to. */
  private LdapSearchRow found(long number) {
    boolean isAsked = searches.containsKey(number);
    LdapSearchRow row = searched(number);
    row.isIncomplete |= !isAsked && answersMissing; // there may have been entries before
    return row;
  }

  private boolean search(long number, Payload content) {
    String base = LdapText.printable(Element.take(content).text());
    String scope = LdapNames.scope(Element.take(content).number());
    String aliases = LdapNames.aliases(Element.take(content).number());
    Element.take(content); // entries at most
    Element.take(content); // seconds at most
    Element.take(content); // whether values are wanted
    String filter = Filter.text(Element.take(content));
    if (filter == null) {
      return false;
    }
    LdapSearchRow row = searched(number);
    changed(number, "LDAP_search_scope_change", row.scope, scope);
    row.scope = scope;
    changed(number, "LDAP_search_deref_aliases_change", row.aliases, aliases);
    row.aliases = aliases;
    if (!base.isEmpty()) {
      changed(number, "LDAP_search_base_object_change", row.base, base);
      row.base = base;
    }
    changed(number, "LDAP_search_filter_change", row.filter, filter);
    row.filter = filter;
    long texts = HeapSize.text(row.base) + HeapSize.text(filter);
    row.heldBytes += texts;
    held.grow(texts);
    return true;
  }

  private void searchDone(long number, Payload content) {
    LdapSearchRow row = found(number);
    Element code = Element.take(content);
    Element.take(content); // the entry that matched
    String diagnostic = LdapText.printable(Element.take(content).text());
    if (code.tag() >= 0) {
      String result = LdapNames.result(code.number() & 0xFF);
      changed(number, "LDAP_search_result_change", row.result, result);
      row.result = result;
    }
    if (!diagnostic.isEmpty()) {
      changed(number, "LDAP_search_diagnostic_message_change", row.diagnostic, diagnostic);
      row.diagnostic = diagnostic;
    }
    finish(row);
  }

  /** Says that something is missing that the server sent. */
  void missAnswers() {
    answersMissing = true;
    for (LdapSearchRow row : searches.values()) {
      row.isIncomplete = true;
    }
  }

  private void writeOperations() {
    operations.forEach((number, row) -> {
      held.remove(row.heldBytes);
      if (number > 0) {
        protocol.log.write(row);
      }
    });
    operations.clear();
  }

  private void writeSearches() {
    searches.forEach((number, row) -> {
      held.remove(row.heldBytes);
      if (number > 0) {
        protocol.searchLog.write(row);
      }
    });
    searches.clear();
  }

  /** Writes what has no result: the flow is over. */
  void end() {
    writeOperations();
    writeSearches();
  }
}
