package io.podtap.sensor.parse.files;

import io.podtap.sensor.flow.UidSource;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.security.SecureRandom;
import java.util.List;

/** Writes {@code files.log}. One thread. */
public final class FileRecorder implements Files {

  private final LogStream<FileRow> log;
  private final UidSource ids = new UidSource(new SecureRandom().nextLong());
  private final LineBuffer name = new LineBuffer(32);
  private final List<String> hashes;

  /** Takes no hashes but those that a parser asks for. */
  public FileRecorder(LogSink sink) {
    this(sink, "");
  }

  /**
   * @param hashes what is taken of every file: md5, sha1, sha256, separated by commas
   */
  public FileRecorder(LogSink sink, String hashes) {
    this.log = sink.open(FilesLog.schema());
    this.hashes = FileHashes.parse(hashes);
  }

  @Override
  public FileStream begin(
      Session session, String source, boolean fromOriginator, int depth, String filename) {
    name.truncate(0);
    name.put('F').base62(ids.next(), ids.low());
    RecordedFile file =
        new RecordedFile(session, log, name.toString(), source, fromOriginator, depth, filename);
    hashes.forEach(file::analyzedBy);
    return file;
  }
}
