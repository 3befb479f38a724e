using Mlds.Boinc;
using Mlds.Server;
using Mlds.Server.Database;

namespace Mlds.Cli;

/// <summary>The science that projects are served with.</summary>
static class ProjectScience
{
    public static IScience Of(ProjectFolder project) => new NoWork();

    /// <summary>Has no work to give.</summary>
    sealed class NoWork : IScience
    {
        public string AppName => "mlds";
        public string AppFriendlyName => "Networks for weight-space analysis";
        public IReadOnlyList<SchemaStep> Schema => [];

        public IReadOnlyList<NewWorkUnit> Generate(Session session, WorkWanted wanted) => [];

        public void Created(Session session, string name, long workUnitId)
        {
        }

        public ResultCheck Check(ReturnedResult result, CancellationToken cancellation) => new(Verdict.Retry, "", 0);

        public HostStanding Judged(Session session, ReturnedResult result, ResultCheck check, ValidateState state) => HostStanding.Provisional;

        public void Assimilate(FinishedWorkUnit unit, CancellationToken cancellation)
        {
        }

        public void Assimilated(Session session, FinishedWorkUnit unit)
        {
        }
    }
}
