/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** The protocols whose conversations can be made at random. */
final class RandomTalks {

  /**
   * A protocol.
   *
   * @param isJoined whether it is recognised, and goes on, when the beginning was not seen; else
   *     nothing wrong may be stated all the same
   */
  record Kind(String name, int port, boolean isJoined, Consumer<RandomTalk> words) {

    Kind(String name, int port, Consumer<RandomTalk> words) {
      this(name, port, true, words);
    }

    RandomTalk talk(long seed) {
      RandomTalk talk = new RandomTalk(port, new SplittableRandom(seed));
      words.accept(talk);
      return talk.close();
    }

    /** Returns whether nothing that follows the first exchange tells what it is. */
    boolean hasHandshake() {
      return name.equals("SSH") || name.equals("WebSocket");
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private RandomTalks() {}

  static List<Kind> all() {
    return List.of(
        new Kind("HTTP/1.1", 80, /* isJoined= */ false, RandomHttp::http1), // as in Zeek
        new Kind("HTTP/2", 50_051, RandomHttp::http2),
        new Kind("PostgreSQL", 5_432, RandomDatabases::postgresql),
        new Kind("MySQL", 3_306, RandomDatabases::mysql),
        new Kind("MongoDB", 27_017, RandomDatabases::mongodb),
        new Kind("Redis", 6_379, RandomDatabases::redis),
        new Kind("Kafka", 9_092, RandomBrokers::kafka),
        new Kind("AMQP 0-9-1", 5_672, RandomBrokers::amqp091),
        new Kind("AMQP 1.0", 5_672, RandomBrokers::amqp1),
        new Kind("MQTT", 1_883, RandomBrokers::mqtt),
        new Kind("DNS over TCP", 53, RandomDirectories::dns),
        new Kind("LDAP", 389, RandomDirectories::ldap),
        new Kind("Kerberos", 88, /* isJoined= */ false, RandomDirectories::kerberos),
        new Kind("SMTP", 25, /* isJoined= */ false, RandomMail::smtp),
        new Kind("FTP", 21, /* isJoined= */ false, RandomMail::ftp),
        new Kind("IRC", 6_667, /* isJoined= */ false, RandomMail::irc),
        new Kind("Modbus", 502, RandomControls::modbus),
        new Kind("DNP3", 20_000, RandomControls::dnp3),
        new Kind("SMB 2", 445, RandomShares::smb2),
        new Kind("DCE/RPC", 135, /* isJoined= */ false, RandomShares::dcerpc),
        new Kind("SSH", 22, /* isJoined= */ false, RandomSessions::ssh),
        new Kind("TLS", 443, RandomSessions::tls),
        new Kind("WebSocket", 8_080, /* isJoined= */ false, RandomSessions::webSocket));
  }
}
