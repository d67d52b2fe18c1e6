package crosscut.engine.preprocess;

import crosscut.engine.UserException;
import crosscut.engine.data.FileFailure;
import crosscut.engine.preprocess.layout.SourceFormat;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Goes through a delimited text file byte by byte and tells records and their faults. It knows nothing of DuckDB on purpose: that both count the same records is
 * the check that none is lost. Blank lines and comment lines are no records.
 */
final class TextRecords {

    /** Hears the records in order. */
    interface Visitor {

        /**
         * A record, header excluded.
         *
         * @param line where it begins, from 1
         * @param fault what is wrong with its form, or null
         * @param bytesRead of the file on disk so far
         * @return whether to go on
         */
        boolean record(long line, String fault, long bytesRead);
    }

    /** DuckDB's own limit for one line. */
    private static final int LONGEST_RECORD = 2_097_152;
    private static final int BUFFER_SIZE = 2 * LONGEST_RECORD;

    private static final byte ORDINARY = 0;
    private static final byte DELIMITER = 1;
    private static final byte QUOTE = 2;
    private static final byte NEWLINE = 3;
    private static final byte CARRIAGE_RETURN = 4;

    /** Where in a record the next byte stands. */
    private enum Position {
        FIELD_START, PLAIN, QUOTED, AFTER_QUOTE
    }

    private final InputFile file;
    private final SourceFormat.Text format;
    private final byte[] kinds = new byte[256];
    private final byte[] buffer = new byte[BUFFER_SIZE];
    private CountingStream disk;
    private Visitor visitor;
    private List<String> header;
    private int expectedFields;
    private boolean stopped;
    private boolean someEndInReturn;
    private boolean someEndInFeedAlone;

    private Position position;
    private int recordStart;
    private int recordEnd;
    private int fields;
    private long line;
    private long recordLine;
    private int carriageReturns;
    private byte highBits;
    private boolean textAfterQuote;

    TextRecords(InputFile file, SourceFormat.Text format) {
        this.file = file;
        this.format = format;
        kinds[format.delimiter()] = DELIMITER;
        format.quote().ifPresent(quote -> kinds[quote] = QUOTE);
        kinds['\n'] = NEWLINE;
        kinds['\r'] = CARRIAGE_RETURN;
    }

    /** Names of the fields: from the header, which is read, or from the layout. */
    List<String> fieldNames() {
        if (!format.header()) {
            return format.columns();
        }
        read((_, _, _) -> false);
        if (header == null) {
            throw new UserException(file.path() + " has no line, so no header that names the columns");
        }
        return header;
    }

    /**
     * Reads the file to its end or until the visitor has enough.
     *
     * @throws UserException when the file cannot be read or unpacked
     */
    void read(Visitor newVisitor) {
        visitor = newVisitor;
        header = null;
        stopped = false;
        someEndInReturn = false;
        someEndInFeedAlone = false;
        line = 1;
        expectedFields = format.columns().size();
        try (CountingStream newDisk = new CountingStream(Files.newInputStream(file.path()))) {
            disk = newDisk;
            InputStream text = file.packing() == InputFile.Packing.GZIP ? new GZIPInputStream(newDisk, 1 << 16) : newDisk;
            readBuffers(text);
        } catch (EOFException truncated) {
            throw new UserException(file.path() + " is a truncated gzip file: it ends in the middle of line " + line + "; fetch it again", truncated);
        } catch (ZipException damaged) {
            throw new UserException(file.path() + " is a damaged gzip file, at line " + line + ": " + damaged.getMessage() + "; fetch it again", damaged);
        } catch (IOException failure) {
            throw new UserException("cannot read " + file.path() + ": " + FileFailure.reason(failure), failure);
        }
    }

    /** Whether some of the lines that were read end in carriage return and line feed, others in a line feed alone. */
    boolean hasMixedLineEnds() {
        return someEndInReturn && someEndInFeedAlone;
    }

    /** Copies the record that the visitor is hearing of, less its line end, followed by a line feed. */
    void copyRecord(OutputStream target) throws IOException {
        target.write(buffer, recordStart, recordEnd - recordStart);
        target.write('\n');
    }

    private void readBuffers(InputStream text) throws IOException {
        int end = 0;
        startRecord(0);
        while (true) {
            int count = text.readNBytes(buffer, end, BUFFER_SIZE - end);
            scan(end, end + count);
            if (count == 0 || stopped) {
                break;
            }
            end += count;
            int unfinished = end - recordStart;
            if (unfinished > LONGEST_RECORD) {
                throw new UserException(file.path() + ", line " + recordLine + " is longer than 2 MiB: is the delimiter or quote right, is this text?");
            }
            System.arraycopy(buffer, recordStart, buffer, 0, unfinished);
            end = unfinished;
            recordStart = 0;
        }
        if (!stopped && end > 0) {
            endRecord(end, position == Position.QUOTED ? "has a quote that is never closed" : null);
        }
    }

    private void scan(int from, int to) {
        for (int index = from; index < to && !stopped; index++) {
            byte value = buffer[index];
            highBits |= value;
            byte kind = kinds[value & 0xff];
            if (kind == ORDINARY) {
                if (position == Position.FIELD_START) {
                    position = Position.PLAIN;
                } else if (position == Position.AFTER_QUOTE) {
                    textAfterQuote = true;
                }
            } else {
                special(kind, index);
            }
        }
    }

    private void special(byte kind, int index) {
        if (position == Position.QUOTED) {
            if (kind == QUOTE) {
                position = Position.AFTER_QUOTE;
            } else if (kind == NEWLINE) {
                line++;
            }
            return;
        }
        switch (kind) {
            case DELIMITER -> {
                fields++;
                position = Position.FIELD_START;
            }
            case QUOTE -> {
                // A second quote after a closing one stands for the character itself.
                if (position == Position.FIELD_START || position == Position.AFTER_QUOTE) {
                    position = Position.QUOTED;
                }
            }
            case NEWLINE -> {
                line++;
                boolean endsInReturn = index > recordStart && buffer[index - 1] == '\r';
                someEndInReturn |= endsInReturn;
                someEndInFeedAlone |= !endsInReturn;
                endRecord(index, null);
                startRecord(index + 1);
            }
            default -> carriageReturns++;
        }
    }

    private void startRecord(int start) {
        recordStart = start;
        recordLine = line;
        position = Position.FIELD_START;
        fields = 1;
        carriageReturns = 0;
        highBits = 0;
        textAfterQuote = false;
    }

    private void endRecord(int index, String openQuote) {
        boolean endsWithReturn = index > recordStart && buffer[index - 1] == '\r';
        int end = endsWithReturn ? index - 1 : index;
        if (end == recordStart || format.comment().isPresent() && buffer[recordStart] == format.comment().get()) {
            return;
        }
        if (format.header() && header == null) {
            header = headerNames(recordStart, end);
            expectedFields = header.size();
            return;
        }
        recordEnd = end;
        String fault = openQuote != null ? openQuote : fault(end, endsWithReturn);
        stopped = !visitor.record(recordLine, fault, disk.count);
    }

    private String fault(int end, boolean endsWithReturn) {
        if (fields != expectedFields) {
            String hint = fields == format.hintedFieldCount() ? ": " + format.fieldCountHint() : "";
            return "has " + fields + (fields == 1 ? " field, " : " fields, ") + expectedFields + " expected" + hint;
        }
        if (carriageReturns > (endsWithReturn ? 1 : 0)) {
            return "has a carriage return in the middle";
        }
        if (textAfterQuote) {
            return "has text after a closing quote";
        }
        return highBits < 0 && !isUtf8(recordStart, end) ? "is not valid UTF-8" : null;
    }

    private boolean isUtf8(int from, int to) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(buffer, from, to - from));
            return true;
        } catch (CharacterCodingException invalid) {
            return false;
        }
    }

    /** The header's fields without quotes and the blanks around them. */
    private List<String> headerNames(int from, int to) {
        String text = new String(buffer, from, to - from, StandardCharsets.UTF_8);
        String withoutMark = text.startsWith("\ufeff") ? text.substring(1) : text;
        List<String> names = new ArrayList<>();
        StringBuilder name = new StringBuilder();
        boolean quoted = false;
        for (char character : withoutMark.toCharArray()) {
            if (format.quote().isPresent() && character == format.quote().get()) {
                quoted = !quoted;
            } else if (character == format.delimiter() && !quoted) {
                names.add(name.toString().strip());
                name.setLength(0);
            } else {
                name.append(character);
            }
        }
        names.add(name.toString().strip());
        return names;
    }

    /** Counts the bytes that come from the disk, so that progress can be told for packed files too. */
    private static final class CountingStream extends InputStream {

        private final InputStream source;
        private long count;

        private CountingStream(InputStream source) {
            this.source = source;
        }

        @Override
        public int read() throws IOException {
            int value = source.read();
            count += value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = source.read(target, offset, length);
            count += Math.max(read, 0);
            return read;
        }

        @Override
        public int available() throws IOException {
            return source.available();
        }

        @Override
        public void close() throws IOException {
            source.close();
        }
    }
}
