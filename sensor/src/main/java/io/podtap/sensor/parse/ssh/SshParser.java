/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ssh;

import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.Digests;
import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.HeldHeap;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Follows one SSH connection until it is clear who got in. One thread. */
final class SshParser implements StreamParser {

  /** Bytes of a message before encryption (RFC 4253 section 6.1). */
  private static final int MESSAGE_MAX = 35_000;

  /** Heap of a row with the greetings and fingerprints. */
  private static final long ROW_BYTES = 96 + 2 * 304 + 3 * 104;

  private static final int HEADER_BYTES = 4;
  private static final int KEXINIT = 20;
  private static final int NEWKEYS = 21;

  /** A client's message of version 1 behind which all is encrypted. */
  private static final int SESSION_KEY_OF_VERSION_1 = 3;

  /** Lengths beyond which Zeek notes something. */
  private static final long PACKET_NOTED = 8 << 20;

  private static final long STRING_NOTED = 2 << 20;

  /** Lines that a server may send before it greets. */
  private static final int LINES_MAX = 64;

  /** Characters of the fingerprint that are shown, as in Zeek. */
  private static final int FINGERPRINT_LENGTH = 32;

  private enum State {
    GREETING,
    MESSAGES,
    ENCRYPTED,
    OVER
  }

  /** One direction. */
  private static final class End {
    final Gather gather;
    State state = State.GREETING;
    int lines;
    @Nullable KeyExchange offer;

    End(HeapAccount account) {
      gather = new Gather(MESSAGE_MAX, account);
    }
  }

  private final SshProtocol protocol;
  private final Session session;
  private final End client;
  private final End server;
  private final LoginGuess guess = new LoginGuess();
  private final HeldHeap offersHeld;
  private final HeldHeap rowHeld;
  private @Nullable SshRow row;
  private boolean logged;

  SshParser(SshProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    this.offersHeld = new HeldHeap(session.account());
    this.rowHeld = new HeldHeap(session.account());
    this.client = new End(session.account());
    this.server = new End(session.account());
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    End end = fromOriginator ? client : server;
    while (!data.isEmpty() && end.state != State.OVER) {
      switch (end.state) {
        case GREETING -> greeting(fromOriginator, end, data);
        case MESSAGES -> message(fromOriginator, end, data);
        default -> {
          encrypted(fromOriginator, data.length());
          return;
        }
      }
    }
  }

  private void greeting(boolean fromOriginator, End end, Payload data) {
    Payload line = end.gather.takeLine(data);
    if (line == null) {
      if (end.gather.isFull()) {
        giveUp("greeting without an end");
      }
      return;
    }
    if (!line.has(0, "SSH-")) {
      end.lines++;
      if (fromOriginator || end.lines > LINES_MAX) {
        giveUp("malformed ssh identification");
      }
      return;
    }
    SshRow known = row;
    if (known == null) {
      known = new SshRow(session.flow(), session.nowNs());
      row = known;
      rowHeld.add(ROW_BYTES);
    }
    String text = line.text(0, Math.min(line.length(), 255));
    if (fromOriginator) {
      known.client = text;
    } else {
      known.server = text;
    }
    if (protocol.versions != null) {
      protocol.versions.tell(session.flow(), fromOriginator, "", text, /* number= */ 0);
    }
    end.gather.clear();
    end.state = State.MESSAGES;
    if (known.isGreeted()) {
      greeted(known);
    }
  }

  private void greeted(SshRow known) {
    if (session.flow().responderPort() != SshProtocol.PORT) {
      known.timeNs = session.nowNs();
    }
    String weird = known.versionWeird();
    if (!weird.isEmpty()) {
      session.weird(weird, known.server + " vs " + known.client, /* source= */ "");
    }
    if (known.version() == 0) {
      leave(); // they will not understand each other
    }
  }

  private void message(boolean fromOriginator, End end, Payload data) {
    Payload header = end.gather.peek(data, HEADER_BYTES);
    if (header == null) {
      return;
    }
    long length = header.u32(0);
    if (length > PACKET_NOTED) {
      session.weird("SSH_max_packet_length_exceeded", length + " > " + PACKET_NOTED);
    }
    if (row != null && row.version() == 1) {
      messageOfVersion1(fromOriginator, end, data, length);
      return;
    }
    if (length < 2 || length > MESSAGE_MAX - HEADER_BYTES) {
      giveUp("message of an impossible length");
      return;
    }
    Payload whole = end.gather.take(data, HEADER_BYTES + (int) length);
    if (whole == null) {
      return;
    }
    int padding = whole.u8(HEADER_BYTES);
    Payload message =
        new Payload().wrap(whole, HEADER_BYTES + 1, (int) length - 1 - Math.max(0, padding));
    switch (message.u8(0)) {
      case KEXINIT -> offer(end, message);
      case NEWKEYS -> {
        end.state = State.ENCRYPTED;
        end.gather.clear();
        session.confirm(SshProtocol.SERVICE);
      }
      default -> {
        noteLongString(message);
        hostKey(message);
      }
    }
  }

  /** Notes the first of the strings of a key exchange that is longer than any may be. */
  private void noteLongString(Payload message) {
    SshRow known = row;
    if (known == null || known.keyExchange == null) {
      return;
    }
    int at = 1;
    for (int left = KeyExchange.strings(known.keyExchange, message.u8(0)); left > 0; left--) {
      long length = message.u32(at);
      if (length > STRING_NOTED) {
        session.weird("SSH_max_string_length_exceeded", length + " > " + STRING_NOTED);
      }
      if (length < 0 || length > message.length()) {
        return;
      }
      at += HEADER_BYTES + (int) length;
    }
  }

  /** Of version 1 no more is read than that the client has sent the key of the session. */
  private void messageOfVersion1(boolean fromOriginator, End end, Payload data, long length) {
    int padding = (int) (8 - length % 8);
    if (length > MESSAGE_MAX - HEADER_BYTES - padding) {
      giveUp("message of an impossible length");
      return;
    }
    Payload whole = end.gather.take(data, HEADER_BYTES + padding + (int) length);
    if (whole == null) {
      return;
    }
    if (fromOriginator && whole.u8(HEADER_BYTES + padding) == SESSION_KEY_OF_VERSION_1) {
      session.confirm(SshProtocol.SERVICE);
      leave();
    }
  }

  private void offer(End end, Payload message) {
    KeyExchange offer = KeyExchange.of(message);
    SshRow known = row;
    if (offer == null || known == null || end.offer != null) {
      return;
    }
    end.offer = offer;
    offer.noteLongLists(session);
    offersHeld.add(offer.heapBytes());
    boolean ofClient = end == client;
    if (ofClient) {
      known.hassh = offer.hassh(/* ofClient= */ true);
    } else {
      known.hasshServer = offer.hassh(/* ofClient= */ false);
    }
    KeyExchange theirs = client.offer;
    KeyExchange ours = server.offer;
    if (theirs != null && ours != null) {
      agree(known, theirs, ours);
      if (known.keyExchange != null && isUnknown(known.keyExchange)) {
        session.weird("ssh_unknown_kex_algorithm", known.keyExchange);
      }
      rowHeld.grow(known.agreedBytes());
    }
  }

  private static boolean isUnknown(String method) {
    return !method.equals(KeyExchange.NOTHING_IN_COMMON) && KeyExchange.hostKeyMessage(method) < 0;
  }

  private static void agree(SshRow row, KeyExchange client, KeyExchange server) {
    row.cipher = KeyExchange.agreedBothWays(client, server, KeyExchange.CIPHER);
    row.mac = KeyExchange.agreedBothWays(client, server, KeyExchange.MAC);
    row.compression = KeyExchange.agreedBothWays(client, server, KeyExchange.COMPRESSION);
    row.keyExchange = KeyExchange.agreed(client, server, KeyExchange.KEY_EXCHANGE);
    row.hostKeyAlgorithm = KeyExchange.agreed(client, server, KeyExchange.HOST_KEY);
  }

  /** The host's key comes in a message whose number depends on the method. */
  private void hostKey(Payload message) {
    SshRow known = row;
    if (known == null || known.keyExchange == null || known.hostKeyFingerprint != null) {
      return;
    }
    int wanted = KeyExchange.hostKeyMessage(known.keyExchange);
    long length = message.u32(1);
    if (message.u8(0) == wanted && length > 0 && length <= message.length() - 5) {
      byte[] digest = Digests.of("SHA-256", message.copy(5, (int) length));
      String text = Base64.getEncoder().encodeToString(digest);
      known.hostKeyFingerprint = "SHA256:" + text.substring(0, FINGERPRINT_LENGTH);
    }
  }

  private void encrypted(boolean fromOriginator, int length) {
    client.offer = null;
    server.offer = null;
    offersHeld.clear();
    SshRow known = row;
    if (known == null || known.version() != 2) {
      return;
    }
    if (fromOriginator) {
      guess.onClient();
      return;
    }
    LoginGuess.Answer answer = guess.onServer(length);
    if (answer == LoginGuess.Answer.NOTHING) {
      return;
    }
    if (isCompressed(known)) {
      leave(); // lengths say nothing then
      return;
    }
    known.authenticationSeen = true;
    known.authenticated = answer == LoginGuess.Answer.ACCEPTED;
    known.attempts++;
    if (known.authenticated) {
      write();
      leave();
    }
  }

  private static boolean isCompressed(SshRow row) {
    return row.compression != null && row.compression.startsWith("zlib");
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    boolean isOver = client.state == State.OVER && server.state == State.OVER;
    if (row != null && !isOver) {
      row.attempts = LogSchema.UNSET; // how many more there were is not known
      row.authenticationSeen = row.authenticated;
    }
    leave();
  }

  private void giveUp(String reason) {
    leave();
    session.violation(reason);
  }

  private void leave() {
    for (End end : new End[] {client, server}) {
      end.state = State.OVER;
      end.offer = null;
      end.gather.clear();
    }
    offersHeld.clear();
  }

  @Override
  public void onFlowEnd() {
    write();
  }

  private void write() {
    SshRow known = row;
    boolean isKnown =
        known != null && (known.isGreeted() || session.flow().responderPort() == SshProtocol.PORT);
    if (known != null && isKnown && !logged) {
      logged = true;
      protocol.log.write(known);
    }
  }
}
