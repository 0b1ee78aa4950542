/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smb;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.RuleList;
import io.podtap.sensor.dispatch.StreamScript;
import io.podtap.sensor.dispatch.Talk;
import io.podtap.sensor.parse.ntlm.LoginTokens;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class SmbParserTest {

  private static final int MESSAGE_MAX = 20_000;
  private static final int TREE_CONNECT = 3;
  private static final int CREATE = 5;
  private static final int CLOSE = 6;
  private static final int READ = 8;
  private static final int WRITE = 9;
  private static final int SESSION_SETUP = 1;
  private static final int IOCTL = 11;
  private static final int SET_INFO = 17;
  private static final String PATH_IN_TSV = "\\\\\\\\srv\\\\data";
  private static final long SECOND_2024 = 133_485_408_000_000_000L;

  /** One message with its NetBIOS header; the body is written by position from byte 64 on. */
  private static final class Message {
    final ByteBuffer bytes = ByteBuffer.allocate(MESSAGE_MAX).order(ByteOrder.LITTLE_ENDIAN);
    private int end = 64;

    Message(int command, boolean isAnswer, int number) {
      bytes.put(4, new byte[] {(byte) 0xFE, 'S', 'M', 'B', 64, 0});
      bytes.putShort(4 + 12, (short) command).putInt(4 + 16, isAnswer ? 1 : 0);
      bytes.putLong(4 + 24, number).putInt(4 + 36, 7);
    }

    Message u8(int at, int value) {
      bytes.put(4 + at, (byte) value);
      return to(at + 1);
    }

    Message u16(int at, int value) {
      bytes.putShort(4 + at, (short) value);
      return to(at + 2);
    }

    Message u32(int at, int value) {
      bytes.putInt(4 + at, value);
      return to(at + 4);
    }

    Message u64(int at, long value) {
      bytes.putLong(4 + at, value);
      return to(at + 8);
    }

    Message data(int at, byte[] data) {
      bytes.put(4 + at, data);
      return to(at + data.length);
    }

    private Message to(int at) {
      end = Math.max(end, at);
      return this;
    }

    String hex() {
      bytes.put(1, (byte) (end >> 16)).put(2, (byte) (end >> 8)).put(3, (byte) end);
      return HexFormat.of().formatHex(bytes.array(), 0, 4 + end);
    }
  }

  private static byte[] wide(String text) {
    return text.getBytes(StandardCharsets.UTF_16LE);
  }

  private static String name(Message message, int lengthAt, String text) {
    return message
        .u16(lengthAt - 2, 140)
        .u16(lengthAt, wide(text).length)
        .data(140, wide(text))
        .hex();
  }

  private static Message create(int number, int fileId, int size) {
    return new Message(CREATE, true, number)
        .u64(72, SECOND_2024)
        .u64(88, SECOND_2024)
        .u64(112, size)
        .u64(128, fileId)
        .u64(136, fileId);
  }

  private static Talk session() {
    return new Talk(445)
        .clientHex(name(new Message(TREE_CONNECT, false, 1), 70, "\\\\srv\\data"))
        .serverHex(new Message(TREE_CONNECT, true, 1).u8(66, 1).u32(76, 0).hex())
        .clientHex(name(new Message(CREATE, false, 2), 110, "a\u00e9.txt"))
        .serverHex(create(2, 9, 11).hex());
  }

  private static Message read(int number, int offset) {
    return new Message(READ, false, number).u64(72, offset).u64(80, 9).u64(88, 9).u8(112, 0);
  }

  private static Message content(int number, String text) {
    byte[] data = text.getBytes(StandardCharsets.US_ASCII);
    return new Message(READ, true, number).u8(66, 80).u32(68, data.length).data(80, data);
  }

  private static Talk reading() {
    return session()
        .clientHex(read(3, 0).hex())
        .serverHex(content(3, "hello ").hex())
        .clientHex(read(4, 6).hex())
        .serverHex(content(4, "world").hex())
        .clientHex(new Message(CLOSE, false, 5).u64(72, 9).u64(80, 9).hex());
  }

  @Test
  void aShareAFileAndItsContent() {
    assertThat(reading().rows("smb_mapping"))
        .singleElement()
        .satisfies(row ->
            assertThat(row).containsEntry("path", PATH_IN_TSV).containsEntry("share_type", "DISK"));
    assertThat(reading().rows("smb_files"))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("action", "SMB::FILE_OPEN")
                .containsEntry("name", "a\u00e9.txt")
                .containsEntry("path", PATH_IN_TSV)
                .containsEntry("size", "11")
                .containsEntry("times.created", "1704067200.000000"));
    assertThat(reading().rows("files"))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("source", "SMB")
                .containsEntry("mime_type", "text/plain")
                .containsEntry("seen_bytes", "11")
                .containsEntry("total_bytes", "11"));
  }

  @Test
  void whatIsWrittenIsAFileToo() {
    byte[] data = "written".getBytes(StandardCharsets.US_ASCII);
    Talk talk =
        session()
            .clientHex(
                new Message(WRITE, false, 3)
                    .u16(66, 112)
                    .u32(68, data.length)
                    .u64(80, 9)
                    .u64(88, 9)
                    .data(112, data)
                    .hex());
    assertThat(talk.rows("files"))
        .singleElement()
        .satisfies(
            row -> assertThat(row).containsEntry("is_orig", "T").containsEntry("seen_bytes", "7"));
  }

  @Test
  void aNewNameAndADeletionAreActions() {
    Talk talk =
        session()
            .clientHex(
                new Message(SET_INFO, false, 3)
                    .u8(66, 1)
                    .u8(67, 10)
                    .u16(72, 96)
                    .u64(80, 9)
                    .u64(88, 9)
                    .u32(112, 10)
                    .data(116, wide("b.txt"))
                    .hex())
            .clientHex(
                new Message(SET_INFO, false, 4)
                    .u8(66, 1)
                    .u8(67, 13)
                    .u16(72, 96)
                    .u64(80, 9)
                    .u64(88, 9)
                    .u8(96, 1)
                    .hex());
    assertThat(talk.rows("smb_files"))
        .extracting(row -> row.get("action") + " " + row.get("name") + " " + row.get("prev_name"))
        .containsExactly(
            "SMB::FILE_OPEN a\u00e9.txt -",
            "SMB::FILE_RENAME b.txt a\u00e9.txt",
            "SMB::FILE_DELETE b.txt a\u00e9.txt");
  }

  @Test
  void isTheSameHoweverTheStreamIsCut() {
    reading().isTheSameHoweverCut("smb_files").isTheSameHoweverCut("files");
  }

  @Test
  void survivesMutation() {
    reading().survivesMutation();
  }

  private static Message closing(int number) {
    return new Message(CLOSE, false, number).u64(72, 9).u64(80, 9);
  }

  private static Talk pipe(Talk talk, String name) {
    byte[] bind =
        HexFormat.of()
            .parseHex(
                "05000b0310000000480000000100000000000000000000000100000000000100"
                    + "c84f324b7016d30112785a47bf6ee1880300000000000000000000000000000000000000"
                    + "00000000");
    byte[] call = HexFormat.of().parseHex("050000031000000018000000020000000000000000000f00");
    byte[] answer = HexFormat.of().parseHex("050002031000000018000000020000000000000000000000");
    return talk.clientHex(name(new Message(CREATE, false, 2), 110, name))
        .serverHex(create(2, 9, 0).hex())
        .clientHex(written(3, bind))
        .clientHex(transceive(4, false, call))
        .serverHex(transceive(4, true, answer))
        .clientHex(closing(6).hex());
  }

  private static String written(int number, byte[] data) {
    return new Message(WRITE, false, number)
        .u16(66, 112)
        .u32(68, data.length)
        .u64(80, 9)
        .u64(88, 9)
        .data(112, data)
        .hex();
  }

  private static String transceive(int number, boolean isAnswer, byte[] data) {
    Message message = new Message(IOCTL, isAnswer, number).u32(68, 0x0011_C017);
    int lengthAt = isAnswer ? 100 : 92;
    return message
        .u64(72, 9)
        .u64(80, 9)
        .u32(lengthAt - 4, 120)
        .u32(lengthAt, data.length)
        .data(120, data)
        .hex();
  }

  private static Talk share(int type) {
    return share(new Talk(445), type);
  }

  private static Talk share(Talk talk, int type) {
    return talk.clientHex(name(new Message(TREE_CONNECT, false, 1), 70, "\\\\srv\\x"))
        .serverHex(new Message(TREE_CONNECT, true, 1).u8(66, type).u32(76, 0).hex());
  }

  private static Talk login(int responseState) {
    byte[] first = bytes(LoginTokens.first(LoginTokens.text(LoginTokens.negotiate())));
    byte[] challenge = bytes(LoginTokens.further(1, LoginTokens.text(LoginTokens.challenge(true))));
    byte[] last =
        bytes(
            LoginTokens.further(-1, LoginTokens.text(LoginTokens.authenticate("DOM", "me", "PC"))));
    return setup(first, challenge)
        .clientHex(
            new Message(SESSION_SETUP, false, 2)
                .u16(76, 88)
                .u16(78, last.length)
                .data(88, last)
                .hex())
        .serverHex(answered(2, bytes(LoginTokens.further(responseState, ""))));
  }

  private static Talk setup(byte[] token, byte[] answer) {
    return new Talk(445)
        .clientHex(
            new Message(SESSION_SETUP, false, 1)
                .u16(76, 88)
                .u16(78, token.length)
                .data(88, token)
                .hex())
        .serverHex(answered(1, answer));
  }

  private static String answered(int number, byte[] token) {
    return new Message(SESSION_SETUP, true, number)
        .u16(68, 72)
        .u16(70, token.length)
        .data(72, token)
        .hex();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static RuleList rules() {
    String opened = "SMB::FILE_OPEN|a\u00e9.txt";
    return new RuleList("SMB 2")
        .rule("a share", share(1), "smb_mapping", "share_type service", "DISK|-")
        .rule(
            "a session of NetBIOS in front",
            share(new Talk(139).clientHex("8100000400000000").serverHex("82000000"), 1),
            "smb_mapping",
            "share_type",
            "DISK")
        .rule(
            "a share whose name ends inside a character",
            new Talk(445)
                .clientHex(
                    name(new Message(TREE_CONNECT, false, 1), 70, "\\\\s\ud83d\ude00")
                        .replace("3dd8" + "00de", "6100" + "3dd8")),
            "weird",
            "name addl source",
            "utf16_conversion_failed|utf16 conversion failed in utf16_to_utf8_val|-")
        .rule("a share of pipes", share(2), "smb_mapping", "share_type", "PIPE")
        .rule("a share of a printer", share(3), "smb_mapping", "share_type", "PRINT")
        .rule("a share of another kind", share(9), "smb_mapping", "share_type", "unknown-9")
        .rule(
            "printing is opened and closed",
            share(3)
                .clientHex(name(new Message(CREATE, false, 2), 110, "job"))
                .serverHex(create(2, 9, 0).hex())
                .clientHex(closing(3).hex()),
            "smb_files",
            "action name",
            "SMB::PRINT_OPEN|job",
            "SMB::PRINT_CLOSE|job")
        .rule(
            "a file to be deleted when it is closed",
            session()
                .clientHex(name(new Message(CREATE, false, 3).u32(104, 0x1000), 110, "gone"))
                .serverHex(create(3, 5, 7).hex()),
            "smb_files",
            "action name",
            opened,
            "SMB::FILE_OPEN|gone",
            "SMB::FILE_DELETE|gone")
        .rule(
            "an error opens nothing",
            session()
                .clientHex(name(new Message(CREATE, false, 3), 110, "none"))
                .serverHex(create(3, 5, 7).u32(8, 0xC000_0034).hex()),
            "smb_files",
            "action name",
            opened)
        .rule(
            "a response that is pending comes later",
            session()
                .clientHex(name(new Message(CREATE, false, 3), 110, "late"))
                .serverHex(create(3, 5, 7).u32(8, 0x103).hex())
                .serverHex(create(3, 5, 7).hex()),
            "smb_files",
            "action name",
            opened,
            "SMB::FILE_OPEN|late")
        .rule(
            "the same is not said twice",
            session()
                .clientHex(closing(3).hex())
                .clientHex(name(new Message(CREATE, false, 4), 110, "a\u00e9.txt"))
                .serverHex(create(4, 9, 11).hex()),
            "smb_files",
            "action name",
            opened)
        .rule(
            "what is encrypted is passed over",
            session()
                .clientHex("00000008fd534d4200000000")
                .clientHex("00000008fc534d4200000000")
                .clientHex(name(new Message(CREATE, false, 3), 110, "clear"))
                .serverHex(create(3, 5, 7).hex()),
            "smb_files",
            "action name",
            opened,
            "SMB::FILE_OPEN|clear")
        .rule(
            "a call through a pipe",
            pipe(share(2), "srvsvc"),
            "dce_rpc",
            "endpoint operation",
            "srvsvc|NetrShareEnum")
        .rule(
            "a pipe known by its name, the share not seen",
            pipe(new Talk(445), "srvsvc"),
            "dce_rpc",
            "endpoint operation",
            "srvsvc|NetrShareEnum")
        .rule("pipes are no files", pipe(share(2), "srvsvc"), "smb_files", "action")
        .rule(
            "a login by NTLM",
            login(0),
            "ntlm",
            "username hostname domainname server_nb_computer_name server_dns_computer_name"
                + " server_tree_name success",
            "me|PC|DOM|SRV|srv.lan|lan|T")
        .rule("a login that is refused", login(2), "ntlm", "username success", "me|F")
        .rule("one whose end was not seen", login(1), "ntlm", "username success", "me|-")
        .rule(
            "an unterminated list of names ends with the message",
            setup(LoginTokens.negotiate(), LoginTokens.challenge(/* hasEnd= */ false)),
            "ntlm",
            "server_nb_computer_name success",
            "SRV|-")
        .rule(
            "a login by Kerberos",
            setup(
                bytes(LoginTokens.first(LoginTokens.kerberos(LoginTokens.apRequest()))),
                bytes(LoginTokens.further(0, LoginTokens.kerberos(LoginTokens.apResponse())))),
            "kerberos",
            "request_type client service success",
            "AP|/LAN.EX|cifs/srv|T");
  }

  @Test
  void followsTheRules() {
    rules().hold();
  }

  @Test
  void survivesMutationOfTheRules() {
    rules().surviveMutation();
  }

  @Test
  void goesOnAfterAGap() {
    StreamScript script = StreamScript.tcp(445, Integer.MAX_VALUE);
    say(script, true, name(new Message(TREE_CONNECT, false, 1), 70, "\\\\srv\\data"));
    say(script, false, new Message(TREE_CONNECT, true, 1).u8(66, 1).u32(76, 0).hex());
    script.gap(true, 100);
    say(script, true, "0102030405");
    say(script, true, name(new Message(CREATE, false, 2), 110, "behind"));
    say(script, false, create(2, 9, 11).hex());
    assertThat(script.rows("smb_files")).hasSize(1);
  }

  private static void say(StreamScript script, boolean fromClient, String digits) {
    script.say(fromClient, HexFormat.of().parseHex(digits));
  }

  @Test
  void requestsWithoutAResponseAreBounded() {
    StreamScript script = StreamScript.tcp(445, Integer.MAX_VALUE);
    for (int i = 0; i <= 1_000; i++) {
      say(script, true, read(i, 0).hex());
    }
    assertThat(script.rows("weird"))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("name", "SMB_discarded_messages_state")
                .containsEntry("source", "SMB2"));
  }

  @Test
  void pipesAreBounded() {
    StreamScript script = StreamScript.tcp(445, Integer.MAX_VALUE);
    say(script, true, name(new Message(TREE_CONNECT, false, 1), 70, "\\\\srv\\IPC$"));
    say(script, false, new Message(TREE_CONNECT, true, 1).u8(66, 2).u32(76, 0).hex());
    for (int i = 0; i <= 1_000; i++) {
      Message write = new Message(WRITE, false, 3).u16(66, 112).u32(68, 1).u64(80, i).u64(88, 0);
      say(script, true, write.u8(112, 5).hex());
    }
    assertThat(script.rows("weird"))
        .singleElement()
        .satisfies(row -> assertThat(row).containsEntry("name", "SMB_discarded_dce_rpc_analyzers"));
  }

  @Test
  void isNamedAfterThreeSegments() {
    Talk two = share(1);
    Talk three = share(1).clientHex(closing(3).hex());
    assertThat(two.services().contains(SmbProtocol.SERVICE.number())).isFalse();
    assertThat(three.services().contains(SmbProtocol.SERVICE.number())).isTrue();
  }
}
