(${value} - ${mean}) / ${deviation}
