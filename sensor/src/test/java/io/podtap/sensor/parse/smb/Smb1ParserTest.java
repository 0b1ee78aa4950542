/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smb;

import io.podtap.sensor.dispatch.LittleBytes;
import io.podtap.sensor.dispatch.RuleList;
import io.podtap.sensor.dispatch.Talk;
import io.podtap.sensor.parse.ntlm.LoginTokens;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Hand-made messages of [MS-CIFS]. */
class Smb1ParserTest {

  private static final int CLOSE = 0x04;
  private static final int TRANSACTION = 0x25;
  private static final int READ = 0x2E;
  private static final int WRITE = 0x2F;
  private static final int SESSION_SETUP = 0x73;
  private static final int LOGOFF = 0x74;
  private static final int TREE_CONNECT = 0x75;
  private static final int NT_CREATE = 0xA2;
  private static final int TREE = 7;
  private static final long SECOND_2024 = 133_485_408_000_000_000L;
  private static final byte[] NO_MORE = {(byte) 0xFF, 0, 0, 0};

  private static LittleBytes header(int command, int tree, int number) {
    return new LittleBytes()
        .u8(0xFF)
        .text("SMB")
        .u8(command)
        .u32(0)
        .u8(0)
        .u16(0x8000)
        .zeros(12)
        .u16(tree, 1, 1, number);
  }

  private static String framed(LittleBytes message) {
    byte[] bytes = message.array();
    return HexFormat.of().toHexDigits(bytes.length) + HexFormat.of().formatHex(bytes);
  }

  private static LittleBytes aligned(LittleBytes message) {
    return message.zeros(message.length() & 1);
  }

  private static String shared() {
    LittleBytes response = header(TREE_CONNECT, TREE, 1).u8(3).put(NO_MORE).u16(1);
    response.u16(30).text("A:\u0000");
    return framed(aligned(response).wide("NTFS\u0000"));
  }

  private static Talk connect(Talk talk, String service) {
    LittleBytes request = header(TREE_CONNECT, 0, 1).u8(4).put(NO_MORE).u16(0, 1, 40).u8(0);
    aligned(request).wide("\\\\srv\\data\u0000").text("?????\u0000");
    LittleBytes response = header(TREE_CONNECT, TREE, 1).u8(3).put(NO_MORE).u16(1);
    response.u16(30).text(service + "\u0000");
    aligned(response).wide("NTFS\u0000");
    return talk.clientHex(framed(request)).serverHex(framed(response));
  }

  private static Talk open(Talk talk, String name, int fileId) {
    LittleBytes request = header(NT_CREATE, TREE, 2).u8(24).put(NO_MORE).u8(0);
    request.u16(2 * name.length()).zeros(41).u16(40);
    aligned(request).wide(name + "\u0000");
    LittleBytes response = header(NT_CREATE, TREE, 2).u8(34).put(NO_MORE).u8(0);
    response.u16(fileId).u32(1);
    response.u64(SECOND_2024).u64(SECOND_2024).u64(SECOND_2024).u64(SECOND_2024);
    response.u32(0).u64(11).u64(11).u16(0, 0).u8(0).u16(0);
    return talk.clientHex(framed(request)).serverHex(framed(response));
  }

  private static Talk read(Talk talk, int fileId, byte[] data) {
    LittleBytes request = header(READ, TREE, 3).u8(12).put(NO_MORE).u16(fileId);
    request.u32(0).u16(100, 0).u32(0).u16(0).u32(0).u16(0);
    LittleBytes response = header(READ, TREE, 3).u8(12).put(NO_MORE).u16(0, 0, 0);
    response.u16(data.length, 59, 0).u64(0).u16(data.length).put(data);
    return talk.clientHex(framed(request)).serverHex(framed(response));
  }

  private static Talk write(Talk talk, int fileId, byte[] data) {
    LittleBytes request = header(WRITE, TREE, 4).u8(14).put(NO_MORE).u16(fileId);
    request.u32(0).u32(0).u16(0, 0, 0, data.length, 63).u32(0).u16(data.length).put(data);
    return talk.clientHex(framed(request));
  }

  private static Talk close(Talk talk, int fileId) {
    return talk.clientHex(framed(header(CLOSE, TREE, 5).u8(3).u16(fileId).u32(0).u16(0)));
  }

  private static Talk transact(Talk talk, byte[] call, byte[] answer) {
    LittleBytes request = header(TRANSACTION, TREE, 6).u8(16).u16(0, call.length, 0, 1_024);
    request.u8(0, 0).u16(0).u32(0).u16(0, 0, 0, call.length, 84).u8(2, 0).u16(38, 9).u16(99);
    aligned(request).wide("\\PIPE\\\u0000").to(84).put(call);
    LittleBytes response = header(TRANSACTION, TREE, 6).u8(10).u16(0, answer.length, 0, 0, 56);
    response.u16(0, answer.length, 56, 0).u8(0, 0).u16(answer.length).to(56).put(answer);
    return talk.clientHex(framed(request)).serverHex(framed(response));
  }

  private static Talk login(boolean hasTexts) {
    byte[] token = LoginTokens.authenticate("DOM", "me", "PC");
    LittleBytes request = header(SESSION_SETUP, 0, 9).u8(12).put(NO_MORE).u16(0, 0, 0);
    request.u32(0).u16(token.length).u32(0).u32(0x8000_0000L).u16(token.length).put(token);
    if (hasTexts) {
      aligned(request).wide("Unix\u0000").wide("Samba\u0000");
    }
    return new Talk(445).clientHex(framed(request));
  }

  /** Logging off again and again, each pointing at the next, or at itself. */
  private static Talk chained(int count, int step) {
    LittleBytes request = header(LOGOFF, 0, 9);
    for (int i = 0; i < count; i++) {
      request.u8(2, LOGOFF, 0).u16(request.length() + 4 + step).u16(0);
    }
    return new Talk(445).clientHex(framed(request.zeros(8)));
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static final byte[] BIND =
      hex(
          "05000b0310000000480000000100000000000000000000000100000000000100"
              + "c84f324b7016d30112785a47bf6ee1880300000000000000000000000000000000000000"
              + "00000000");
  private static final byte[] CALL = hex("050000031000000018000000020000000000000000000f00");
  private static final byte[] ANSWER = hex("050002031000000018000000020000000000000000000000");

  private static RuleList rules() {
    Talk disk = connect(new Talk(445), "A:");
    return new RuleList("SMB 1")
        .rule(
            "a share",
            disk,
            "smb_mapping",
            "path service native_file_system share_type",
            "\\\\\\\\srv\\\\data|A:|NTFS|DISK")
        .rule(
            "a share of pipes",
            connect(new Talk(445), "IPC"),
            "smb_mapping",
            "service share_type",
            "IPC|PIPE")
        .rule(
            "a file; its share is not told",
            open(connect(new Talk(445), "A:"), "a.txt", 9),
            "smb_files",
            "action name path size times.modified",
            "SMB::FILE_OPEN|a.txt|-|11|1704067200.000000")
        .rule(
            "content that is read",
            close(read(open(connect(new Talk(445), "A:"), "a.txt", 9), 9, hex("68656c6c6f")), 9),
            "files",
            "source is_orig seen_bytes filename",
            "SMB|F|5|a.txt")
        .rule(
            "content that is written",
            close(write(open(connect(new Talk(445), "A:"), "b.txt", 9), 9, hex("68656c6c6f")), 9),
            "files",
            "is_orig seen_bytes filename",
            "T|5|b.txt")
        .rule(
            "a call in a transaction",
            transact(transact(connect(new Talk(445), "IPC"), BIND, new byte[0]), CALL, ANSWER),
            "dce_rpc",
            "endpoint operation",
            "srvsvc|NetrShareEnum")
        .rule(
            "a call by writing and reading",
            read(write(write(connect(new Talk(445), "IPC"), 9, BIND), 9, CALL), 9, ANSWER),
            "dce_rpc",
            "endpoint operation",
            "srvsvc|NetrShareEnum")
        .rule("a login", login(true), "ntlm", "username domainname", "me|DOM")
        .rule("a login in a message that is cut is left out", login(false), "ntlm", "username")
        .rule(
            "an answer about a share that nobody asked for",
            new Talk(445).clientHex(framed(header(LOGOFF, 0, 9).u8(0).u16(0))).serverHex(shared()),
            "weird",
            "name addl source",
            "smb_tree_connect_andx_response_without_tree|current_cmd=TREE_CONNECT_ANDX|-")
        .rule(
            "a chain that does not advance",
            chained(2, -7),
            "weird",
            "name source",
            "smb_andx_offset_not_advancing|SMB")
        .rule(
            "a chain that is too long",
            chained(14, 0),
            "weird",
            "name source",
            "smb_andx_depth_exceeded|SMB");
  }

  @Test
  void followsTheRules() {
    rules().hold();
  }

  @Test
  void survivesMutation() {
    rules().surviveMutation();
  }
}
