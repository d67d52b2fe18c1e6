/**
 * Tools around data sets, behind the commands generate-feature-spec, transcribe and inspect: they make, convert and look at data, and know nothing of models.
 */
package crosscut.engine.data.tools;
