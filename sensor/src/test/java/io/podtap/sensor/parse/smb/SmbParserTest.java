package io.podtap.sensor.parse.smb;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
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

  @Test
  void whatIsEncryptedEndsIt() {
    Talk talk = session().clientHex("00000008fd534d4200000000").clientHex(read(3, 0).hex());
    assertThat(talk.rows("smb_files")).hasSize(1);
    assertThat(talk.rows("analyzer")).isEmpty();
  }
}
