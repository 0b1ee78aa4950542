/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http.framing;

import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.HeldHeap;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Header fields out of their compressed form, one decoder for each direction. The table is bounded
 * as the specification says, and by {@value #TABLE_BYTES_MAX} bytes whatever the other end allows.
 *
 * <p>After {@link #lose} entries that came before are unknown: fields that refer to them are left
 * out and counted, all others are right, for references count from the newest entry. One thread.
 *
 * @see "RFC 7541"
 */
public final class Hpack {

  /** Size of the dynamic table that is never exceeded. */
  static final int TABLE_BYTES_MAX = 64 << 10;

  private static final int TABLE_BYTES_FIRST = 4_096;
  private static final int RING_FIRST = 8;
  private static final int ENTRY_OVERHEAD = 32;
  private static final int STRING_MAX = 32 << 10;
  private static final int FIELDS_MAX = 256;

  /** Takes the fields of one block. */
  public interface FieldHandler {
    void onField(String name, String value);
  }

  /** What is unknown is null; it counts as empty, so that no entry is taken for gone too early. */
  private record Field(@Nullable String name, String value) {
    int size() {
      return (name == null ? 0 : name.length()) + value.length() + ENTRY_OVERHEAD;
    }

    /** The object and its texts; its place counts with the ring. */
    long heapBytes() {
      return 24 + HeapSize.text(name) + HeapSize.text(value);
    }
  }

  private static final Field UNKNOWN = new Field(null, "");

  /** RFC 7541 appendix A: names with the value, if any, behind a space. */
  private static final List<Field> STATIC = new ArrayList<>();

  static {
    String table =
        """
        :authority
        :method GET
        :method POST
        :path /
        :path /index.html
        :scheme http
        :scheme https
        :status 200
        :status 204
        :status 206
        :status 304
        :status 400
        :status 404
        :status 500
        accept-charset
        accept-encoding gzip, deflate
        accept-language
        accept-ranges
        accept
        access-control-allow-origin
        age
        allow
        authorization
        cache-control
        content-disposition
        content-encoding
        content-language
        content-length
        content-location
        content-range
        content-type
        cookie
        date
        etag
        expect
        expires
        from
        host
        if-match
        if-modified-since
        if-none-match
        if-range
        if-unmodified-since
        last-modified
        link
        location
        max-forwards
        proxy-authenticate
        proxy-authorization
        range
        referer
        refresh
        retry-after
        server
        set-cookie
        strict-transport-security
        transfer-encoding
        user-agent
        vary
        via
        www-authenticate
        """;
    for (String line : table.lines().toList()) {
      int space = line.indexOf(' ');
      STATIC.add(
          space < 0
              ? new Field(line, "")
              : new Field(line.substring(0, space), line.substring(space + 1)));
    }
  }

  /** A ring of entries, of which {@link #newest} is the last one added. */
  private @Nullable Field[] dynamic = new @Nullable Field[RING_FIRST];

  private int newest = -1;
  private int entryCount;

  /** Whether entries behind those that are known may exist. */
  private boolean isUnknownBehind;

  private int unknownFields;

  private final HeldHeap held;
  private final HeldHeap ringHeld;

  private int tableBytes;
  private int tableBytesMax = TABLE_BYTES_FIRST;
  private byte[] block = new byte[0];
  private int at;
  private int end;

  /**
   * @param account of the connection, to which the table counts
   */
  public Hpack(HeapAccount account) {
    held = new HeldHeap(account);
    ringHeld = new HeldHeap(account);
    accountForRing();
  }

  private void accountForRing() {
    ringHeld.set(HeapSize.ARRAY + 4L * dynamic.length); // references are compressed
  }

  /**
   * Decodes one block.
   *
   * @return false when it makes no sense; nothing that follows would
   */
  public boolean decode(byte[] bytes, int length, FieldHandler handler) {
    block = bytes;
    at = 0;
    end = length;
    unknownFields = 0;
    for (int i = 0; at < end && i < FIELDS_MAX; i++) {
      if (!field(handler)) {
        return false;
      }
    }
    return at == end;
  }

  /** Forgets the table: blocks that may have changed it were not seen. */
  public void lose() {
    dynamic = new @Nullable Field[RING_FIRST];
    accountForRing();
    held.clear();
    newest = -1;
    entryCount = 0;
    tableBytes = 0;
    tableBytesMax = TABLE_BYTES_MAX; // what the ends agreed on may have changed, too
    isUnknownBehind = true;
  }

  /** Returns how many fields of the last block are unknown. */
  public int unknownFields() {
    return unknownFields;
  }

  private boolean field(FieldHandler handler) {
    int first = block[at] & 0xFF;
    if ((first & 0x80) != 0) {
      Field field = entry(integer(7));
      if (field != null) {
        handOver(field.name, field.value, handler);
      }
      return field != null;
    }
    if ((first & 0xE0) == 0x20) {
      int size = integer(5);
      isUnknownBehind |= size > TABLE_BYTES_MAX;
      tableBytesMax = Math.min(size, TABLE_BYTES_MAX);
      evict(0);
      return size >= 0;
    }
    boolean indexed = (first & 0x40) != 0;
    int index = integer(indexed ? 6 : 4);
    Field named = index == 0 ? null : entry(index);
    String name = index == 0 ? string() : named == null ? null : named.name;
    boolean isNamed = index == 0 ? name != null : named != null;
    String value = isNamed ? string() : null;
    if (value == null) {
      return false;
    }
    if (indexed) {
      add(new Field(name, value));
    }
    handOver(name, value, handler);
    return true;
  }

  private void handOver(@Nullable String name, String value, FieldHandler handler) {
    if (name == null) {
      unknownFields++;
    } else {
      handler.onField(name, value);
    }
  }

  private void add(Field field) {
    evict(field.size());
    if (field.size() > tableBytesMax) {
      return;
    }
    if (entryCount == dynamic.length) {
      grow();
    }
    newest = (newest + 1) % dynamic.length;
    dynamic[newest] = field;
    held.add(field.heapBytes());
    entryCount++;
    tableBytes += field.size();
  }

  private void grow() {
    @Nullable Field[] larger = new @Nullable Field[2 * dynamic.length];
    for (int i = 0; i < entryCount; i++) {
      larger[entryCount - 1 - i] = dynamic[place(i)];
    }
    dynamic = larger;
    newest = entryCount - 1;
    accountForRing();
  }

  private void evict(int room) {
    while (entryCount > 0 && tableBytes + room > tableBytesMax) {
      int oldest = place(entryCount - 1);
      Field field = dynamic[oldest];
      if (field != null) {
        tableBytes -= field.size();
        held.remove(field.heapBytes());
      }
      dynamic[oldest] = null;
      entryCount--;
    }
  }

  /** Returns where the entry stands that is so many older than the newest. */
  private int place(int age) {
    return Math.floorMod(newest - age, dynamic.length);
  }

  private @Nullable Field entry(int index) {
    if (index >= 1 && index <= STATIC.size()) {
      return STATIC.get(index - 1);
    }
    int age = index - STATIC.size() - 1;
    if (index < 1 || age >= entryCount) {
      return index >= 1 && isUnknownBehind ? UNKNOWN : null;
    }
    return dynamic[place(age)];
  }

  /** Section 5.1; -1 when it is cut off or beyond all measure. */
  private int integer(int prefixBits) {
    int mask = (1 << prefixBits) - 1;
    int value = block[at++] & mask;
    if (value < mask) {
      return value;
    }
    int shift = 0;
    while (at < end && shift <= 21) {
      int next = block[at++] & 0xFF;
      value += (next & 0x7F) << shift;
      if ((next & 0x80) == 0) {
        return value;
      }
      shift += 7;
    }
    return -1;
  }

  /** Section 5.2; null when it is cut off or too long. */
  private @Nullable String string() {
    if (at >= end) {
      return null;
    }
    boolean huffman = (block[at] & 0x80) != 0;
    int length = integer(7);
    if (length < 0 || length > end - at || length > STRING_MAX) {
      return null;
    }
    String text =
        huffman
            ? Huffman.decode(block, at, length)
            : new String(block, at, length, StandardCharsets.ISO_8859_1);
    at += length;
    return text;
  }
}
