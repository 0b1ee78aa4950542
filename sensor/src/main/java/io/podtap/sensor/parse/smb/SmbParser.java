package io.podtap.sensor.parse.smb;

import io.podtap.sensor.parse.Account;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.Holdings;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongBiFunction;
import org.jspecify.annotations.Nullable;

/** Follows one SMB connection: requests find their answers by number. One thread. */
final class SmbParser implements StreamParser {

  /** Requests without an answer, open files and shares that are kept, at most; the oldest go. */
  private static final int KEPT_MAX = 256;

  private record FileId(long persistent, long temporary) {}

  /** A request that waits: for a share or a file its name, for content where it belongs. */
  private record Request(long timeNs, long tree, String name, @Nullable OpenFile file, long at) {}

  private final SmbProtocol protocol;
  private final Session session;
  private final Frames[] ends;
  private final Map<Long, Request> requests;
  private final Map<Long, SmbMappingRow> shares;
  private final Map<FileId, OpenFile> open;
  private final Map<String, Boolean> written;
  private boolean over;
  private boolean confirmed;

  SmbParser(SmbProtocol protocol, Session session) {
    this.protocol = protocol;
    this.session = session;
    Account account = session.account();
    this.requests = new Kept<>(account, (id, row) -> 72 + HeapSize.text(row.name()));
    this.shares = new Kept<>(account, (id, row) -> 56 + HeapSize.text(row.path()));
    this.open = new Kept<>(account, (id, file) -> 160 + file.textBytes());
    this.written = new Kept<>(account, (identity, yes) -> HeapSize.text(identity));
    this.ends = new Frames[] {new Frames(session.account()), new Frames(session.account())};
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    Frames frames = ends[fromOriginator ? 0 : 1];
    while (!data.isEmpty() && !over) {
      Payload head = frames.next(data);
      if (head != null) {
        frame(fromOriginator, frames, head);
      }
    }
  }

  private void frame(boolean fromOriginator, Frames frames, Payload head) {
    if (frames.isOther()) {
      return;
    }
    if (!head.has(1, "SMB")) {
      over = true;
      session.violation("message that is not SMB");
      return;
    }
    if (!confirmed) {
      confirmed = true;
      session.confirm(SmbProtocol.SERVICE);
    }
    switch (head.u8(0)) {
      case 0xFE -> messages(fromOriginator, frames, head);
      case 0xFF -> {} // SMB 1
      default -> over = true; // encrypted or compressed
    }
  }

  /** Several may be chained, each with the distance to the next. */
  private void messages(boolean fromOriginator, Frames frames, Payload head) {
    Payload message = new Payload().wrap(head, 0, head.length());
    while (message.length() >= Smb2.HEADER && message.u8(0) == 0xFE) {
      long next = Smb2.u32(message, 20);
      if ((Smb2.u32(message, 16) & 1) == 0) {
        request(fromOriginator, frames, message);
      } else {
        answer(fromOriginator, frames, message);
      }
      if (next < Smb2.HEADER || next >= message.length()) {
        return;
      }
      message.skip((int) next);
    }
  }

  private void request(boolean fromOriginator, Frames frames, Payload m) {
    switch (Smb2.u16(m, 12)) {
      case Smb2.TREE_CONNECT -> keep(m, Smb2.name(m, Smb2.u16(m, 68), Smb2.u16(m, 70)), null, 0);
      case Smb2.CREATE -> keep(m, Smb2.name(m, Smb2.u16(m, 108), Smb2.u16(m, 110)), null, 0);
      case Smb2.READ -> keep(m, "", open.get(id(m, 80)), Smb2.u64(m, 72));
      case Smb2.WRITE -> {
        OpenFile file = open.get(id(m, 80));
        content(file, fromOriginator, frames, m, Smb2.u16(m, 66), Smb2.u32(m, 68), Smb2.u64(m, 72));
      }
      case Smb2.SET_INFO -> change(open.get(id(m, 80)), m);
      case Smb2.CLOSE -> {
        OpenFile closed = open.remove(id(m, 72));
        if (closed != null) {
          closed.close();
        }
      }
      default -> {}
    }
  }

  private void keep(Payload m, String name, @Nullable OpenFile file, long at) {
    requests.put(Smb2.u64(m, 24), new Request(session.nowNs(), Smb2.u32(m, 36), name, file, at));
  }

  private static FileId id(Payload m, int at) {
    return new FileId(Smb2.u64(m, at), Smb2.u64(m, at + 8));
  }

  private void change(@Nullable OpenFile file, Payload m) {
    if (file == null || m.u8(66) != 1) {
      return;
    }
    int at = Smb2.u16(m, 72);
    switch (m.u8(67)) { // [MS-FSCC] 2.4
      case 10 -> {
        file.rename(Smb2.name(m, at + 20, (int) Math.min(0xFFFF, Smb2.u32(m, at + 16))));
        log(file, "SMB::FILE_RENAME");
      }
      case 13 -> {
        if (m.u8(at) == 1) {
          log(file, "SMB::FILE_DELETE");
        }
      }
      default -> {}
    }
  }

  private void answer(boolean fromOriginator, Frames frames, Payload m) {
    long status = Smb2.u32(m, 8);
    if (status == 0x103) {
      return; // STATUS_PENDING: the answer is yet to come
    }
    Request request = requests.remove(Smb2.u64(m, 24));
    if (request == null || status >>> 30 == 3) {
      return;
    }
    switch (Smb2.u16(m, 12)) {
      case Smb2.TREE_CONNECT -> connected(request, m);
      case Smb2.CREATE -> created(request, m);
      case Smb2.READ ->
          content(
              request.file(),
              fromOriginator,
              frames,
              m,
              Math.max(0, m.u8(66)),
              Smb2.u32(m, 68),
              request.at());
      default -> {}
    }
  }

  private void connected(Request request, Payload m) {
    String type =
        switch (m.u8(66)) {
          case 1 -> "DISK";
          case 2 -> "PIPE";
          case 3 -> "PRINT";
          default -> null;
        };
    var share = new SmbMappingRow(session.flow(), request.timeNs(), request.name(), type);
    shares.put(Smb2.u32(m, 36), share);
    protocol.mappingLog.write(share);
  }

  private void created(Request request, Payload m) {
    SmbMappingRow share = shares.get(request.tree());
    OpenFile file = new OpenFile(share, request.timeNs(), request.name(), m);
    if (open.size() >= KEPT_MAX) {
      FileId oldest = open.keySet().iterator().next();
      OpenFile dropped = open.remove(oldest);
      if (dropped != null) {
        dropped.close();
      }
    }
    open.put(id(m, 128), file);
    log(file, "SMB::FILE_OPEN");
  }

  /** The same is not said twice. */
  private void log(OpenFile file, String action) {
    SmbFileRow row = file.row(session.flow(), action);
    String identity = action + row.path() + '\n' + row.name() + row.size() + row.changedNs();
    if ((file.share == null || !file.share.isPipe()) && written.put(identity, true) == null) {
      protocol.fileLog.write(row);
    }
  }

  private void content(
      @Nullable OpenFile file,
      boolean fromOriginator,
      Frames frames,
      Payload m,
      int dataOffset,
      long length,
      long fileOffset) {
    if (file == null || dataOffset < Smb2.HEADER || length == 0 || fileOffset < 0) {
      return;
    }
    if (file.share != null && file.share.isPipe()) {
      return;
    }
    frames.follow(
        m,
        dataOffset,
        length,
        (offset, data) ->
            file.data(protocol.files, session, fromOriginator, fileOffset + offset, data));
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    if (!ends[fromOriginator ? 0 : 1].gap(length)) {
      over = true; // where the next message begins is not known
    }
  }

  @Override
  public void onFlowEnd() {
    open.values().forEach(OpenFile::close);
    open.clear();
  }

  /** What is kept of one kind; the oldest goes. */
  private static final class Kept<K, V> extends LinkedHashMap<K, V> {

    private static final long serialVersionUID = 1;

    private final transient Holdings held;
    private final transient ToLongBiFunction<K, V> size;

    /**
     * @param size tells the heap that a value and its key take
     */
    Kept(Account account, ToLongBiFunction<K, V> size) {
      super(4);
      this.held = new Holdings(account);
      this.size = size;
    }

    @Override
    public @Nullable V put(K key, V value) {
      held.add(HeapSize.MAP_ENTRY + 24 + size.applyAsLong(key, value));
      V before = super.put(key, value);
      if (before != null) {
        release(key, before);
      }
      return before;
    }

    @Override
    @SuppressWarnings("unchecked") // what was found under a key has been put under one
    public @Nullable V remove(@Nullable Object key) {
      V before = super.remove(key);
      if (key != null && before != null) {
        release((K) key, before);
      }
      return before;
    }

    private void release(K key, V value) {
      held.remove(HeapSize.MAP_ENTRY + 24 + size.applyAsLong(key, value));
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      boolean isFull = size() > KEPT_MAX;
      if (isFull) {
        release(eldest.getKey(), eldest.getValue());
      }
      return isFull;
    }
  }
}
