//! Files of a data set, on disks and in object stores.
//!
//! Input: paths of files and folders, and addresses of objects. Output: a list of files with their stores and one format, in the order
//! of the arguments and, below a folder, of their names. Invariant: nothing is passed over but what is hidden: names that begin with a point or an underscore, and empty
//! objects that stand for folders.

use std::path::Path as LocalPath;
use std::sync::Arc;

use datafusion::datasource::listing::ListingTableUrl;
use datafusion::execution::context::SessionContext;
use describe_readers::Format;
use futures::TryStreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::{ObjectMeta, ObjectStore};

use crate::Failure;

/// File of a data set.
#[derive(Clone, Debug)]
pub(crate) struct DataFile {
    /// Path or address, as errors and answers show it.
    pub(crate) name: String,
    /// Address of the file alone.
    pub(crate) url: ListingTableUrl,
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) meta: ObjectMeta,
}

/// The files that the arguments name, and their format.
///
/// # Errors
/// Files that do not exist or cannot be listed; no files; files of several formats, or of one that is not read here.
pub(crate) async fn find(
    session: &SessionContext,
    arguments: &[String],
    format: Option<Format>,
) -> Result<(Vec<DataFile>, Format), Failure> {
    let mut files = Vec::new();
    for argument in arguments {
        if argument == "-" {
            return Err(Failure::Options(
                "name files, folders or s3://BUCKET/PATH; standard input is not read".to_owned(),
            ));
        }
        let mut listed = list(session, argument).await?;
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        files.extend(listed);
    }
    let Some(first) = files.first() else {
        return Err(Failure::Files(format!("{}: there are no files", arguments.join(", "))));
    };
    let format = match format {
        Some(format @ (Format::Parquet | Format::Csv | Format::Tsv | Format::Ndjson)) => format,
        Some(_) => return Err(Failure::Options("--type is parquet, csv, tsv or ndjson here".to_owned())),
        None => {
            let format = format_of(first)?;
            for file in &files {
                if format_of(file)? != format {
                    let (a, b) = (&first.name, &file.name);
                    return Err(Failure::Files(format!("{a} and {b} have different formats; describe them apart")));
                }
            }
            format
        }
    };
    Ok((files, format))
}

/// Format of a file by the ending of its name, in front of which may be that of a compression.
fn format_of(file: &DataFile) -> Result<Format, Failure> {
    let name = file.name.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    match name.rsplit('.').next() {
        Some("parquet") => Ok(Format::Parquet),
        Some("csv") => Ok(Format::Csv),
        Some("tsv" | "tab") => Ok(Format::Tsv),
        Some("ndjson" | "jsonl") => Ok(Format::Ndjson),
        _ => Err(Failure::Files(format!(
            "{}: the ending is not one of .parquet, .csv, .tsv, .ndjson and .jsonl; say --type, or leave the file out",
            file.name
        ))),
    }
}

/// Files that one argument names.
async fn list(session: &SessionContext, argument: &str) -> Result<Vec<DataFile>, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Files(format!("{argument}: {error}"));
    if !argument.contains("://") && !LocalPath::new(argument).exists() && !argument.contains(['*', '?', '[']) {
        return Err(failed(&"there is no such file or folder"));
    }
    let url = ListingTableUrl::parse(argument).map_err(|error| failed(&error))?;
    register(session, &url).map_err(|error| failed(&error))?;
    let store = session.runtime_env().object_store(&url).map_err(|error| failed(&error))?;
    let state = session.state();
    let listed = url.list_all_files(&state, store.as_ref(), "").await.map_err(|error| failed(&error))?;
    let listed: Vec<ObjectMeta> = listed.try_collect().await.map_err(|error| failed(&error))?;
    let mut files = Vec::new();
    for meta in listed {
        let below: Vec<String> = match url.strip_prefix(&meta.location) {
            Some(segments) => segments.map(ToOwned::to_owned).collect(),
            None => Vec::new(),
        };
        let is_hidden = below.iter().any(|segment| segment.starts_with(['.', '_']));
        if is_hidden || (meta.size == 0 && !below.is_empty()) {
            continue;
        }
        let is_one = below.iter().all(String::is_empty);
        let name = if is_one || url.get_glob().is_some() {
            if is_one { argument.to_owned() } else { below.join("/") }
        } else {
            format!("{}/{}", argument.trim_end_matches('/'), below.join("/"))
        };
        let mut address = url.get_url().clone();
        address.set_path(&format!("/{}", meta.location));
        let url = ListingTableUrl::try_new(address, None).map_err(|error| failed(&error))?;
        files.push(DataFile { name, url, store: Arc::clone(&store), meta });
    }
    Ok(files)
}

/// Makes the store of an address known to the session; that of files on disks is known already.
fn register(session: &SessionContext, url: &ListingTableUrl) -> Result<(), String> {
    let address = url.get_url();
    match (address.scheme(), address.host_str()) {
        ("file", _) => Ok(()),
        ("s3", Some(bucket)) => {
            let store =
                AmazonS3Builder::from_env().with_bucket_name(bucket).build().map_err(|error| error.to_string())?;
            session.runtime_env().register_object_store(url.object_store().as_ref(), Arc::new(store));
            Ok(())
        }
        (scheme, _) => Err(format!("{scheme}:// is not supported; use files, folders or s3://BUCKET/PATH")),
    }
}
