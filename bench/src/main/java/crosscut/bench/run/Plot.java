package crosscut.bench.run;

import crosscut.engine.UserException;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * How a table is drawn: columns of numbers over another one; both axes are logarithmic unless the horizontal one is short.
 *
 * @param x column of the horizontal axis, also its title
 * @param series columns that are drawn
 * @param unit title of the vertical axis
 */
record Plot(String x, List<String> series, String unit) {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 460;
    private static final String WHOLE = "#,###";
    private static final String HALVES = "#,##0.#";

    /** Ratio of the ends of the horizontal axis from which both axes are logarithmic. */
    private static final double LEAST_LOGARITHMIC = 10;

    Plot {
        series = List.copyOf(series);
    }

    /**
     * Draws as PNG.
     *
     * @param rows of the table, all numbers in these columns above 0
     * @throws UserException when the file cannot be written
     */
    void draw(String title, List<Map<String, Object>> rows, Path file) {
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title).xAxisTitle(x).yAxisTitle(unit).build();
        chart.getStyler().setXAxisDecimalPattern(WHOLE).setLegendPosition(LegendPosition.OutsideS).setLegendLayout(LegendLayout.Horizontal)
                .setChartTitleBoxVisible(false).setChartBackgroundColor(Color.WHITE);
        double[] places = numbers(rows, x);
        double[] values = series.stream().flatMapToDouble(column -> Arrays.stream(numbers(rows, column))).toArray();
        if (Arrays.stream(places).max().orElse(1) < LEAST_LOGARITHMIC * Arrays.stream(places).min().orElse(1)) {
            drawLinear(chart.getStyler(), places);
        } else {
            drawLogarithmic(chart.getStyler(), values);
        }
        for (String column : series) {
            chart.addSeries(column, places, numbers(rows, column)).setMarker(SeriesMarkers.CIRCLE);
        }
        try {
            BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
        } catch (IOException failure) {
            throw OutputFolder.cannotWrite(file, failure);
        }
    }

    /** A short horizontal axis: heights from 0 can be compared by eye. */
    private static void drawLinear(XYStyler styler, double[] places) {
        styler.setXAxisDecimalPattern(HALVES).setYAxisMin(0.0).setXAxisMin(0.0).setXAxisMax(Arrays.stream(places).max().orElse(1) + 1);
    }

    /** XChart labels whole powers of ten alone, so the vertical axis has to end on some. */
    private static void drawLogarithmic(XYStyler styler, double[] values) {
        styler.setXAxisLogarithmic(true).setYAxisLogarithmic(true);
        styler.setYAxisMin(Math.pow(10, Math.floor(Math.log10(Arrays.stream(values).min().orElse(1)))))
                .setYAxisMax(Math.pow(10, Math.ceil(Math.log10(Arrays.stream(values).max().orElse(1)))));
    }

    private static double[] numbers(List<Map<String, Object>> rows, String column) {
        return rows.stream().mapToDouble(row -> ((Number) row.get(column)).doubleValue()).toArray();
    }
}
