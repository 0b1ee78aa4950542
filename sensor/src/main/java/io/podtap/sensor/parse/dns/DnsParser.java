/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dns;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.DatagramParser;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one flow: questions wait for their answers by the message's id, first come, first
 * served; what is never answered is written at the end. One thread.
 */
final class DnsParser implements DatagramParser {

  private static final int QUERY = 0;
  private static final int NOTIFY = 4;
  private static final int UPDATE = 5;

  /** Questions that wait at a time; with one more, all are written as they are. */
  private static final int WAITING_MAX = 50;

  /** More questions than any real message asks: this is something else. */
  private static final int QUESTIONS_MAX = 25;

  private final DnsProtocol protocol;
  private final Session session;
  private final List<DnsTransaction> waiting = new ArrayList<>(1);
  private final HeldHeap held;

  /** Answers that came before their questions, or to questions that were not seen. */
  private final List<DnsTransaction> early = new ArrayList<>(0);

  private final HeldHeap earlyHeld;
  private boolean confirmed;
  private boolean begun;

  /** Whether it is unknown when the messages at hand came. */
  private boolean areTimesUnknown;

  /** Whether messages are missing of a stream: then the id alone does not tell what belongs. */
  private boolean isLossy;

  /** The record at hand. */
  private String owner = "";

  private int type;
  private int recordClass;
  private long timeToLive;
  private int length;

  DnsParser(DnsProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.held = new HeldHeap(session.account());
    this.earlyHeld = new HeldHeap(session.account());
  }

  /** Says that messages are missing: from now on the question must be the same, too. */
  void miss() {
    isLossy = true;
  }

  /** Says whether it is unknown when the messages that follow came. */
  void timesUnknown(boolean unknown) {
    areTimesUnknown = unknown;
  }

  @Override
  public void onDatagram(boolean fromOriginator, Payload data) {
    DnsMessageReader reader = protocol.reader;
    if (data.length() < DnsMessageReader.HEADER_LENGTH) {
      session.weird("DNS_truncated_len_lt_hdr_len", "");
      if (!confirmed) {
        session.violation("a message shorter than its header");
      }
      return;
    }
    reader.begin(data, session);
    if (!isKnown(reader.opcode())) {
      session.weird("DNS_unknown_opcode", Integer.toString(reader.opcode()));
      return;
    }
    turnRoles(fromOriginator, reader.isResponse());
    if (reader.questions() > QUESTIONS_MAX) {
      session.weird("DNS_Conn_count_too_large", reader.questions() + " > " + QUESTIONS_MAX);
      session.violation("more questions than any message has");
      return;
    }
    DnsTransaction transaction = transaction(reader);
    readQuestions(reader, transaction);
    if (reader.problem().isEmpty()) {
      confirm();
      if (reader.opcode() == UPDATE && !isNetbios()) {
        readUpdate(reader, transaction);
      } else {
        readAnswers(reader, transaction);
      }
    }
    if (!reader.problem().isEmpty()) {
      session.weird(reader.problem(), "");
      if (!confirmed) {
        writeWaiting();
        writeEarly();
        session.violation(reader.problem());
        return;
      }
    }
    keep(transaction);
  }

  /** Writes what is complete, and accounts for what waits for the other half. */
  private void keep(DnsTransaction transaction) {
    if (waiting.contains(transaction)) {
      held.grow(HeapSize.text(transaction.query));
    } else if (early.contains(transaction)) {
      earlyHeld.add(transaction.heapBytes());
    } else {
      protocol.log.write(transaction);
    }
  }

  /** Who sends an answer first is who answers, unless it goes to a group. */
  private void turnRoles(boolean fromOriginator, boolean response) {
    if (!begun && response && fromOriginator && !isMulticast(session.flow())) {
      session.exchangeRoles();
    }
    begun = true;
  }

  private static boolean isMulticast(Flow flow) {
    return flow.isIpv4()
        ? (flow.responderLow() >>> 28 & 0xF) == 0xE
        : flow.responderHigh() >>> 56 == 0xFF;
  }

  /** Other kinds of message have other parts; NetBIOS has kinds of its own. */
  private boolean isKnown(int opcode) {
    return opcode == QUERY || opcode == NOTIFY || opcode == UPDATE || isNetbios();
  }

  private boolean isNetbios() {
    return session.flow().responderPort() == DnsNames.NETBIOS_PORT;
  }

  private void confirm() {
    if (!confirmed) {
      confirmed = true;
      session.confirm(DnsProtocol.SERVICE);
    }
  }

  /** Returns the transaction of a message: a question's own, or the one that is answered. */
  private DnsTransaction transaction(DnsMessageReader reader) {
    if (isMulticast(session.flow())) {
      return alone(reader); // whoever knows something says so: nothing belongs together
    }
    if (reader.isResponse()) {
      DnsTransaction asked = take(waiting, held, reader);
      if (asked == null) {
        asked = begin(reader);
        keepEarly(asked);
      }
      noteAnswered(reader, asked);
      return asked;
    }
    if (waiting.size() == WAITING_MAX) {
      writeWaiting();
    }
    DnsTransaction answered = take(early, earlyHeld, reader);
    DnsTransaction question = answered == null ? begin(reader) : answered;
    noteAsked(reader, question);
    if (answered == null) {
      waiting.add(question);
      held.add(question.heapBytes());
    }
    return question;
  }

  private DnsTransaction alone(DnsMessageReader reader) {
    DnsTransaction message = begin(reader);
    if (reader.isResponse()) {
      noteAnswered(reader, message);
    } else {
      noteAsked(reader, message);
    }
    return message;
  }

  private static void noteAsked(DnsMessageReader reader, DnsTransaction question) {
    question.recursionDesired = reader.isRecursionDesired();
    question.truncated = reader.isTruncated();
    question.reserved = reader.reserved();
  }

  private static void noteAnswered(DnsMessageReader reader, DnsTransaction answer) {
    answer.rcode = reader.rcode();
    boolean isEmpty = reader.questions() > 0 && reader.records() == 0;
    answer.rejected |= isEmpty || (reader.rcode() != 0 && reader.questions() == 0);
  }

  /** Keeps an answer for a question that may follow. */
  private void keepEarly(DnsTransaction answer) {
    if (early.size() == WAITING_MAX) {
      writeEarly();
    }
    early.add(answer);
  }

  private DnsTransaction begin(DnsMessageReader reader) {
    DnsTransaction transaction =
        new DnsTransaction(session.flow(), session.nowNs(), reader.id(), reader.opcode());
    transaction.isStartUnknown = areTimesUnknown;
    return transaction;
  }

  private @Nullable DnsTransaction take(
      List<DnsTransaction> from, HeldHeap held, DnsMessageReader reader) {
    boolean isChecked = isLossy && reader.questions() > 0;
    for (Iterator<DnsTransaction> all = from.iterator(); all.hasNext(); ) {
      DnsTransaction transaction = all.next();
      boolean belongs = transaction.id == reader.id();
      if (belongs && !(isChecked && asksOtherwise(reader, transaction))) {
        all.remove();
        held.remove(transaction.heapBytes());
        return transaction;
      }
    }
    return null;
  }

  /** Looks ahead at the question, and returns whether it is another one. */
  private static boolean asksOtherwise(DnsMessageReader reader, DnsTransaction transaction) {
    int begin = reader.at();
    String name = reader.name();
    int type = reader.u16At(reader.at());
    reader.seek(begin);
    boolean isOtherType =
        transaction.queryType != DnsTransaction.UNSET && type != transaction.queryType;
    return !name.equals(transaction.query) || isOtherType;
  }

  private void readQuestions(DnsMessageReader reader, DnsTransaction transaction) {
    for (int i = 0; i < reader.questions() && reader.problem().isEmpty(); i++) {
      String name = reader.name();
      int type = reader.u16("DNS_truncated_quest_too_short");
      int recordClass = reader.u16("DNS_truncated_quest_too_short");
      boolean update = reader.opcode() == UPDATE && !isNetbios();
      if (update && reader.problem().isEmpty() && type != DnsNames.SOA) {
        session.weird("DNS_DU_incorrect_zone_type", "");
      }
      if (reader.problem().isEmpty() && !reader.isResponse() && !update) {
        boolean netbios = isNetbios();
        transaction.query = netbios ? NetbiosName.decode(name) : name;
        transaction.netbios = netbios;
        transaction.queryType = type;
        transaction.queryClass = recordClass;
      }
    }
  }

  private void readAnswers(DnsMessageReader reader, DnsTransaction transaction) {
    if (!reader.isResponse()) {
      return;
    }
    for (int i = 0; i < reader.answers() && readRecord(reader); i++) {
      if (length == 0 && reader.at() < reader.length()) {
        session.weird("DNS_zero_rdlength", "");
        return;
      }
      int next = reader.at() + length;
      String text = protocol.answers.of(session, owner, type, reader.at(), length);
      if (!reader.problem().isEmpty()) {
        return;
      }
      if (text != null) {
        answer(reader, transaction, text);
      }
      if (protocol.answers.isStopped()) {
        return;
      }
      reader.seek(next);
    }
  }

  /**
   * Reads the head of a record; the position stands on its data then.
   *
   * @return whether the data is all there
   */
  private boolean readRecord(DnsMessageReader reader) {
    owner = reader.name();
    type = reader.u16("DNS_truncated_ans_too_short");
    recordClass = reader.u16("DNS_truncated_ans_too_short");
    timeToLive = reader.u32();
    length = reader.u16("DNS_truncated_ans_too_short");
    if (!reader.problem().isEmpty()) {
      return false;
    }
    if (length > reader.length() - reader.at()) {
      session.weird("DNS_truncated_RR_rdlength_lt_len", "");
      return false;
    }
    return true;
  }

  /** RFC 2136 section 2: zone, prerequisites, updates; what an answer repeats of it is shown. */
  private void readUpdate(DnsMessageReader reader, DnsTransaction transaction) {
    if (reader.questions() != 1) {
      session.weird("DNS_DU_invalid_zone_count", Integer.toString(reader.questions()));
    }
    int zoneClass = protocol.updates.zoneClass();
    int records = reader.answers() + reader.authorities();
    for (int i = 0; i < records && readRecord(reader); i++) {
      int next = reader.at() + length;
      String text =
          i < reader.answers()
              ? UpdateText.prerequisite(session, owner, type, recordClass, timeToLive, length)
              : protocol.updates.update(
                  session, owner, type, recordClass, zoneClass, timeToLive, reader.at(), length);
      if (!reader.problem().isEmpty()) {
        return;
      }
      if (text != null && reader.isResponse()) {
        answer(reader, transaction, text);
      }
      reader.seek(next);
    }
  }

  private void answer(DnsMessageReader reader, DnsTransaction transaction, String text) {
    if (transaction.query == null) {
      transaction.query = owner;
    }
    transaction.authoritative = reader.isAuthoritative();
    transaction.recursionAvailable = reader.isRecursionAvailable();
    boolean isMeasured = !areTimesUnknown && !transaction.isStartUnknown;
    if (isMeasured && transaction.roundTripNs < 0 && session.nowNs() > transaction.startNs) {
      transaction.roundTripNs = session.nowNs() - transaction.startNs;
    }
    if (!text.isEmpty()) {
      transaction.answer(session, text, timeToLive);
    }
  }

  private void writeWaiting() {
    waiting.forEach(protocol.log::write);
    waiting.clear();
    held.clear();
  }

  private void writeEarly() {
    early.forEach(protocol.log::write);
    early.clear();
    earlyHeld.clear();
  }

  @Override
  public void onFlowEnd() {
    writeWaiting();
    writeEarly();
  }
}
